import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { Figures, kindLabel, REPORT_MODEL } from "./figures";
import { FiguresAction } from "./figures_action";
import { periodBounds } from "./periods";

/**
 * One line per month of entry: which share of the people bought within 1, 2, ... 12 months.
 * A month that is not over has an empty cell, not a small number.
 */
export class Cohorts extends Figures {
    static template = "crm_lifecycle.Cohorts";
    static components = { ...Figures.components, Dropdown, DropdownItem };

    get initialChoice() {
        return { ...super.initialChoice, kind: "lead" };
    }

    async load(domain) {
        const { period, kind } = this.choice;
        const now = this.within(domain, periodBounds(period));
        const table = await this.orm.call(REPORT_MODEL, "get_cohorts", [now, kind]);
        return { ...table, now, kind };
    }

    // -- what is shown ----------------------------------------------------------------------

    get kinds() {
        return ["suspect", "lead", "prospect"].map((id) => ({ id, label: kindLabel(id) }));
    }

    get kindLabel() {
        return kindLabel(this.choice.kind);
    }

    get numbers() {
        return this.figures.total.cells.map((_cell, index) => index + 1);
    }

    get lines() {
        const { months, total } = this.figures;
        const lines = months.map((month) => ({ ...month, label: this.monthLabel(month.month) }));
        return [...lines.reverse(), { ...total, month: "total", label: _t("All months") }];
    }

    get isEmpty() {
        return !this.figures.months.length;
    }

    /** The darkest cell is the highest share of the table. */
    get highest() {
        const { months } = this.figures;
        return Math.max(1, ...months.flatMap(({ cells }) => cells.map((cell) => cell?.rate || 0)));
    }

    monthLabel(month) {
        return deserializeDate(month).toLocaleString({ month: "short", year: "numeric" });
    }

    heat(cell) {
        return `--lifecycle-heat: ${Math.round((45 * cell.rate) / this.highest)}%`;
    }

    cellTitle(line, number, cell) {
        return _t("%(month)s: %(count)s of %(size)s were customers %(number)s months later", {
            month: line.label,
            count: this.formatCount(cell.count),
            size: this.formatCount(cell.size ?? line.size),
            number,
        });
    }

    // -- what is behind it --------------------------------------------------------------------

    openLine(line) {
        const name = `${kindLabel(this.figures.kind)}, ${line.label}`;
        return this.openRows(name, [this.figures.now, line.domain]);
    }

    openCell(line, number, cell) {
        const bought = [
            ["customer_date", "!=", false],
            ["customer_months", "<=", number],
        ];
        const name = _t("%(month)s: customers after %(number)s months", {
            month: line.label,
            number,
        });
        return this.openRows(name, [this.figures.now, cell.domain || line.domain, bought]);
    }
}

export class CohortsAction extends FiguresAction {
    static Figures = Cohorts;
}

registry.category("actions").add("crm_lifecycle.cohort", CohortsAction);
