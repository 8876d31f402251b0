import { Component, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { Domain } from "@web/core/domain";

import { FiguresAction, REPORT_MODEL } from "./figures_action";
import { formatCount, formatRate, kindLabel, useFigures, useOpenRows } from "./figures_hook";
import { PeriodMenu } from "./period_menu";
import { boundsDomain, periodBounds } from "./periods";

/**
 * One line per month of entry: which share of the people bought within 1, 2, ... 12 months.
 * A month that is not over has an empty cell, not a small number.
 */
export class Cohorts extends Component {
    static template = "crm_lifecycle.Cohorts";
    static components = { Dropdown, DropdownItem, Layout, PeriodMenu, SearchBar };
    static props = { domain: Array, display: Object, state: Object };

    setup() {
        this.orm = useService("orm");
        this.openRows = useOpenRows();
        this.choice = useState({ period: { id: "all" }, kind: "lead", ...this.props.state });
        this.figures = useFigures((props) => this.load(props));
        this.figures.start(this.props);
        useSetupAction({ getLocalState: () => ({ ...this.choice }) });
    }

    async load({ domain }) {
        const now = Domain.and([domain, boundsDomain(periodBounds(this.choice.period))]).toList();
        const { months, total } = await this.orm.call(REPORT_MODEL, "get_cohorts", [
            now,
            this.choice.kind,
        ]);
        return { months, total, now, kind: this.choice.kind };
    }

    choose(values) {
        Object.assign(this.choice, values);
        return this.figures.reload(this.props);
    }

    // -- what is shown ----------------------------------------------------------------------

    get kinds() {
        return ["suspect", "lead", "prospect"].map((id) => ({ id, label: kindLabel(id) }));
    }

    get kindLabel() {
        return kindLabel(this.choice.kind);
    }

    get numbers() {
        return this.figures.state.total.cells.map((_cell, index) => index + 1);
    }

    get lines() {
        const { months, total } = this.figures.state;
        const lines = months.map((month) => ({ ...month, label: this.monthLabel(month.month) }));
        return [...lines.reverse(), { ...total, month: "total", label: _t("All months") }];
    }

    get isEmpty() {
        return !this.figures.state.months.length;
    }

    /** The darkest cell is the highest share of the table. */
    get highest() {
        const { months } = this.figures.state;
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
            count: formatCount(cell.count),
            size: formatCount(cell.size ?? line.size),
            number,
        });
    }

    formatCount(count) {
        return formatCount(count);
    }

    formatRate(rate) {
        return formatRate(rate);
    }

    // -- what is behind it --------------------------------------------------------------------

    openLine(line) {
        const name = `${kindLabel(this.figures.state.kind)}, ${line.label}`;
        return this.openRows(name, [this.figures.state.now, line.domain]);
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
        return this.openRows(name, [this.figures.state.now, cell.domain || line.domain, bought]);
    }

    showAll() {
        this.env.searchModel.clearQuery();
        return this.choose({ period: { id: "all" } });
    }
}

export class CohortsAction extends FiguresAction {
    static Figures = Cohorts;
}

registry.category("actions").add("crm_lifecycle.cohort", CohortsAction);
