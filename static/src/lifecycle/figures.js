import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { Domain } from "@web/core/domain";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";

import { PeriodMenu } from "./period_menu";
import { boundsDomain } from "./periods";

export const REPORT_MODEL = "crm.lifecycle.report";

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

/**
 * Figures of the lifecycle report, for the search and for what the reader chose beside it.
 *
 * A page says what can be chosen (`initialChoice`) and how its figures are asked for
 * (`load`). It asks again when the search or the choice changes; of two answers the one asked
 * for last stays. The choice is remembered when the reader comes back over the breadcrumb.
 */
export class Figures extends Component {
    static components = { Layout, PeriodMenu, SearchBar };
    static props = { domain: Array, display: Object, state: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.choice = useState({ ...this.initialChoice, ...this.props.state });
        this.figures = useState({});
        onWillStart(() => this.reload(this.props));
        onWillUpdateProps((nextProps) => this.reload(nextProps));
        useSetupAction({ getLocalState: () => ({ ...this.choice }) });
    }

    get initialChoice() {
        return { period: { id: "all" } };
    }

    /**
     * @param {Array} domain of the search
     * @returns {Promise<Object>} what becomes of `figures`
     */
    async load(domain) {
        return { domain };
    }

    async reload({ domain }) {
        Object.assign(this.figures, await this.keepLast.add(this.load(domain)));
    }

    choose(values) {
        Object.assign(this.choice, values);
        return this.reload(this.props);
    }

    /** Whether a filter or a period leaves people out. */
    get isNarrowed() {
        return this.props.domain.length > 0 || this.choice.period.id !== "all";
    }

    showAll() {
        this.env.searchModel.clearQuery();
        return this.choose({ period: { id: "all" } });
    }

    openSuspects() {
        return this.action.doAction("crm_lifecycle.crm_lead_suspect_action");
    }

    /** Opens the rows behind a figure in the views of the report. */
    async openRows(name, domains, view = "list") {
        const report = await this.action.loadAction("crm_lifecycle.crm_lifecycle_report_action");
        const views = report.views.toSorted(([, one], [, two]) => (two === view) - (one === view));
        const domain = Domain.and(domains).toList();
        return this.action.doAction({ ...report, name, display_name: name, domain, views });
    }

    within(domain, bounds) {
        return Domain.and([domain, boundsDomain(bounds)]).toList();
    }

    formatCount(count) {
        return formatInteger(count);
    }

    /** @param {number | null} rate */
    formatRate(rate) {
        if (rate === null) {
            return "";
        }
        const digits = rate > 0 && rate < 1 ? 2 : 1;
        return _t("%s %%", formatFloat(rate, { digits: [16, digits] }));
    }
}
