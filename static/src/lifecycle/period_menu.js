import { Component } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";

import { compareItems, periodItems } from "./periods";

const { DateTime } = luxon;

/** Chooses the period of the figures and, if asked for, what it is compared with. */
export class PeriodMenu extends Component {
    static template = "crm_lifecycle.PeriodMenu";
    static components = { DateTimeInput, Dropdown, DropdownItem };
    static props = {
        period: Object,
        compare: { type: String, optional: true },
        onPeriod: Function,
        onCompare: { type: Function, optional: true },
    };

    get periods() {
        return periodItems();
    }

    get compares() {
        return compareItems();
    }

    get periodLabel() {
        return this.periods.find(({ id }) => id === this.props.period.id).label;
    }

    get compareLabel() {
        return this.compares.find(({ id }) => id === this.props.compare).label;
    }

    /** All time has nothing to be compared with. */
    get isComparable() {
        return this.props.onCompare && this.props.period.id !== "all";
    }

    onPeriodSelected(id) {
        const now = DateTime.now();
        const days = id === "custom" ? { from: now.minus({ days: 29 }), to: now } : {};
        this.props.onPeriod({ id, ...days });
    }

    /** @param {"from" | "to"} side */
    onDayChosen(side, day) {
        if (day) {
            this.props.onPeriod({ ...this.props.period, [side]: day });
        }
    }
}
