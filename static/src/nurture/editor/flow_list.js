import { Component, useEffect, useRef, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";

export const ICONS = {
    email: "fa-envelope-o",
    sms: "fa-commenting-o",
    activity: "fa-phone",
    plan: "fa-list-ol",
    wait: "fa-clock-o",
    condition: "fa-code-fork",
    stage: "fa-flag-o",
    tag: "fa-tag",
    assign: "fa-user-o",
    action: "fa-cogs",
    sequence: "fa-share",
    exit: "fa-sign-out",
};

/** A list of steps with a place to add or to drop one before, between and after them. */
export class FlowList extends Component {
    static template = "crm_lifecycle.NurtureFlowList";
    static components = { Dropdown, DropdownItem };
    static props = {
        editor: Object,
        parent: { type: [Number, Boolean] },
        branch: { type: [String, Boolean] },
    };

    setup() {
        this.state = useState(this.props.editor.state);
        this.listRef = useRef("list");
        useEffect(
            (id) => this.focus(id),
            () => [this.state.focused]
        );
    }

    /** Focus the card of a step of this list. */
    focus(id) {
        const cards = ":scope > .o_crm_nurture_step > .o_crm_nurture_card";
        const card = this.listRef.el.querySelector(`${cards}[data-step="${id}"]`);
        if (id && card) {
            card.focus();
            this.state.focused = false;
        }
    }

    icon(kind) {
        return ICONS[kind] || "fa-circle-o";
    }

    /** Tell screen readers what the step is, and what it does. */
    label(step) {
        const kind = this.state.flow.kinds.find(([key]) => key === step.kind)[1];
        return [...new Set([kind, step.title, step.summary])].filter(Boolean).join(", ");
    }

    number(count) {
        return formatInteger(count);
    }

    percent(rate) {
        return _t("%s %%", formatInteger(rate));
    }

    get editor() {
        return this.props.editor;
    }

    get steps() {
        const { parent, branch } = this.props;
        return this.state.flow.steps.filter(
            (step) => step.parent === parent && step.branch === branch
        );
    }

    get editable() {
        return this.state.flow.editable;
    }

    slot(index) {
        return { parent: this.props.parent, branch: this.props.branch, index };
    }

    worst(step) {
        return step.problems.some((problem) => problem.level === "error") ? "error" : "warning";
    }

    words(step) {
        return step.problems.map((problem) => problem.text).join("\n");
    }
}
FlowList.components.FlowList = FlowList;
