import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";
import { Domain } from "@web/core/domain";

import { FiguresAction, REPORT_MODEL } from "./figures_action";
import { formatCount, formatRate, kindLabel, useFigures, useOpenRows } from "./figures_hook";
import { PeriodMenu } from "./period_menu";
import { boundsDomain, boundsLabel, comparedBounds, periodBounds } from "./periods";

/** What the rows behind a figure have in common, beside their kind. */
const BEHIND = {
    entered: [],
    converted: [["converted_date", "!=", false]],
    customers: [["customer_date", "!=", false]],
    former: [["former_date", "!=", false]],
};

/**
 * The way from suspect to customer: for each kind how many people entered, which share went
 * further and how long it took; beside it, if wanted, another period.
 */
export class Funnel extends Component {
    static template = "crm_lifecycle.Funnel";
    static components = { Layout, PeriodMenu, SearchBar };
    static props = { domain: Array, display: Object, state: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.openRows = useOpenRows();
        this.choice = useState({ period: { id: "all" }, compare: "none", ...this.props.state });
        this.figures = useFigures((props) => this.load(props));
        this.figures.start(this.props);
        useSetupAction({ getLocalState: () => ({ ...this.choice }) });
    }

    async load({ domain }) {
        const bounds = periodBounds(this.choice.period);
        const before = comparedBounds(bounds, this.choice.compare);
        const now = Domain.and([domain, boundsDomain(bounds)]).toList();
        const then = before && Domain.and([domain, boundsDomain(before)]).toList();
        const [steps, stepsBefore] = await Promise.all([
            this.orm.call(REPORT_MODEL, "get_funnel", [now]),
            then ? this.orm.call(REPORT_MODEL, "get_funnel", [then]) : null,
        ]);
        return { steps, stepsBefore, now, then, before };
    }

    choose(values) {
        Object.assign(this.choice, values);
        return this.figures.reload(this.props);
    }

    // -- what is shown ----------------------------------------------------------------------

    /** The steps in the order of the way; what a kind has no share of is left out. */
    get steps() {
        const { steps, stepsBefore } = this.figures.state;
        return steps.map((step, index) => ({
            ...step,
            label: kindLabel(step.kind),
            before: stepsBefore?.[index],
            links: this.links(step),
        }));
    }

    get isEmpty() {
        const { steps, stepsBefore } = this.figures.state;
        return ![...steps, ...(stepsBefore || [])].some((step) => step.entered);
    }

    get isNarrowed() {
        return this.props.domain.length > 0 || this.choice.period.id !== "all";
    }

    get beforeLabel() {
        const { before } = this.figures.state;
        return before && boundsLabel(before);
    }

    /** The shares of a step, each with the rows it opens and the words beside it. */
    links(step) {
        if (step.kind === "former") {
            return this.share(step, "customers", "customer_rate", "customer_median_days", {
                text: _t("came back"),
            });
        }
        if (step.kind === "customer") {
            return this.share(step, "former", "former_rate", null, { text: _t("became former") });
        }
        return this.share(step, "converted", "rate", "median_days", { text: _t("went further") });
    }

    share(step, figure, rate, days, { text }) {
        return step.entered ? [{ kind: step.kind, figure, rate, days, text, step }] : [];
    }

    /** How many of the suspects and of the leads bought in the end. */
    get overall() {
        return this.steps.filter(
            ({ kind, entered }) => ["suspect", "lead"].includes(kind) && entered
        );
    }

    width(step) {
        const { steps, stepsBefore } = this.figures.state;
        const widest = Math.max(...[...steps, ...(stepsBefore || [])].map((one) => one.entered));
        return `${widest ? (100 * step.entered) / widest : 0}%`;
    }

    formatCount(count) {
        return formatCount(count);
    }

    formatRate(rate) {
        return formatRate(rate);
    }

    formatMedian(days) {
        if (days === null) {
            return "";
        }
        if (days < 0.95) {
            return _t("median under a day");
        }
        const count = days < 9.95 ? formatFloat(days, { digits: [16, 1] }) : formatInteger(Math.round(days));
        return _t("median %s days", count);
    }

    /** Says how a figure has changed since the other period, in percent or in points. */
    formatChange(now, before, isRate) {
        if (now === null || before === null || (!isRate && !before)) {
            return "";
        }
        const change = isRate ? now - before : (100 * (now - before)) / before;
        const number = formatFloat(Math.abs(change), { digits: [16, 1] });
        const signed = `${change < 0 ? "−" : "+"}${number}`;
        return isRate ? _t("%s points", signed) : _t("%s %%", signed);
    }

    // -- what is behind it --------------------------------------------------------------------

    open(kind, figure, isBefore = false) {
        const { now, then } = this.figures.state;
        const domains = [isBefore ? then : now, [["kind", "=", kind]], BEHIND[figure]];
        return this.openRows(this.nameOf(kind, figure), domains);
    }

    nameOf(kind, figure) {
        const people = kindLabel(kind);
        return {
            entered: people,
            converted: _t("%s that went further", people),
            customers: _t("%s that became customers", people),
            former: _t("%s that became former customers", people),
        }[figure];
    }

    openDetails() {
        return this.openRows(_t("Conversions"), [this.figures.state.now], "graph");
    }

    showAll() {
        this.env.searchModel.clearQuery();
        return this.choose({ period: { id: "all" }, compare: "none" });
    }

    openSuspects() {
        return this.action.doAction("crm_lifecycle.crm_lead_suspect_action");
    }
}

export class FunnelAction extends FiguresAction {
    static Figures = Funnel;
}

registry.category("actions").add("crm_lifecycle.funnel", FunnelAction);
