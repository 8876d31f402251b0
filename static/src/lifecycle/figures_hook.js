import { onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { Domain } from "@web/core/domain";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";

/** The kinds in the plural, as they head a figure. */
export function kindLabel(kind) {
    return {
        suspect: _t("Suspects"),
        lead: _t("Leads"),
        prospect: _t("Prospects"),
        customer: _t("Customers"),
        former: _t("Former customers"),
    }[kind];
}

export function formatCount(count) {
    return formatInteger(count);
}

/** @param {number | null} rate */
export function formatRate(rate) {
    if (rate === null) {
        return "";
    }
    const digits = rate > 0 && rate < 1 ? 2 : 1;
    return _t("%s %%", formatFloat(rate, { digits: [16, digits] }));
}

/**
 * Loads figures now and whenever the search changes; of two answers the last asked for stays.
 *
 * @param {() => Promise<Object>} load gives what the state becomes
 */
export function useFigures(load) {
    const state = useState({});
    const keepLast = new KeepLast();
    const reload = async (props) => Object.assign(state, await keepLast.add(load(props)));
    return { state, reload, start: (props) => startFigures(props, reload) };
}

function startFigures(props, reload) {
    onWillStart(() => reload(props));
    onWillUpdateProps((nextProps) => reload(nextProps));
}

/** Gives a function that opens the rows behind a figure, in the views of the report. */
export function useOpenRows() {
    const action = useService("action");
    return async (name, domains, view = "list") => {
        const report = await action.loadAction("crm_lifecycle.crm_lifecycle_report_action");
        const views = report.views.toSorted(([, one], [, two]) => (two === view) - (one === view));
        const domain = Domain.and(domains).toList();
        return action.doAction({ ...report, name, display_name: name, domain, views });
    };
}
