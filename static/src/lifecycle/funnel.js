import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";

import { Figures, kindLabel, REPORT_MODEL } from "./figures";
import { FiguresAction } from "./figures_action";
import { boundsLabel, comparedBounds, periodBounds } from "./periods";

/** What the rows behind a figure have in common, beside their kind. */
const BEHIND = {
    entered: [],
    converted: [["converted_date", "!=", false]],
    customers: [["customer_date", "!=", false]],
    former: [["former_date", "!=", false]],
};

/** The share that is told of a kind: its figures by name, and the words beside it. */
function shareOf(kind) {
    if (kind === "customer") {
        return { count: "former", rate: "former_rate", text: _t("became former customers") };
    }
    if (kind === "former") {
        const days = "customer_median_days";
        return { count: "customers", rate: "customer_rate", days, text: _t("came back") };
    }
    return { count: "converted", rate: "rate", days: "median_days", text: _t("went further") };
}

/**
 * The way from suspect to customer: for each kind how many people entered, which share went
 * further and how long it took; beside it, if wanted, another period.
 */
export class Funnel extends Figures {
    static template = "crm_lifecycle.Funnel";

    get initialChoice() {
        return { ...super.initialChoice, compare: "none" };
    }

    async load(domain) {
        const bounds = periodBounds(this.choice.period);
        const before = comparedBounds(bounds, this.choice.compare);
        const now = this.within(domain, bounds);
        const then = before && this.within(domain, before);
        const [steps, stepsBefore] = await Promise.all([
            this.orm.call(REPORT_MODEL, "get_funnel", [now]),
            then ? this.orm.call(REPORT_MODEL, "get_funnel", [then]) : null,
        ]);
        return { steps, stepsBefore, now, then, before };
    }

    // -- what is shown ----------------------------------------------------------------------

    get steps() {
        const { steps, stepsBefore } = this.figures;
        return steps.map((step, index) => ({
            ...step,
            label: kindLabel(step.kind),
            before: stepsBefore?.[index],
            share: step.entered ? shareOf(step.kind) : null,
        }));
    }

    get isEmpty() {
        const { steps, stepsBefore } = this.figures;
        return ![...steps, ...(stepsBefore || [])].some((step) => step.entered);
    }

    get beforeLabel() {
        const { before } = this.figures;
        return before && boundsLabel(before);
    }

    /** How many of the suspects and of the leads bought in the end. */
    get overall() {
        return this.steps.filter(
            ({ kind, entered }) => ["suspect", "lead"].includes(kind) && entered
        );
    }

    width(step) {
        const { steps, stepsBefore } = this.figures;
        const widest = Math.max(...[...steps, ...(stepsBefore || [])].map((one) => one.entered));
        return `${widest ? (100 * step.entered) / widest : 0}%`;
    }

    formatMedian(days) {
        if (days < 0.95) {
            return _t("median under a day");
        }
        const isShort = days < 9.95;
        return _t(
            "median %s days",
            isShort ? formatFloat(days, { digits: [16, 1] }) : formatInteger(Math.round(days))
        );
    }

    /** Says how a figure has changed since the other period, in percent or in points. */
    formatChange(now, before, isRate) {
        if (now === null || before === null || (!isRate && !before)) {
            return "";
        }
        const change = isRate ? now - before : (100 * (now - before)) / before;
        if (Math.abs(change) < 0.05) {
            return "";
        }
        const number = formatFloat(Math.abs(change), { digits: [16, 1] });
        const signed = `${change < 0 ? "−" : "+"}${number}`;
        return isRate ? _t("%s points", signed) : _t("%s %%", signed);
    }

    // -- what is behind it --------------------------------------------------------------------

    open(kind, figure, isBefore = false) {
        const { now, then } = this.figures;
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
        return this.openRows(_t("Conversions"), [this.figures.now], "graph");
    }
}

export class FunnelAction extends FiguresAction {
    static Figures = Funnel;
}

registry.category("actions").add("crm_lifecycle.funnel", FunnelAction);
