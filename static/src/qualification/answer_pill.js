import { Component } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";

import { age, answeredBy, icon, look } from "./answers";

/** The answer to one criterion as a coloured pill; a click or a key opens the choice. */
export class AnswerPill extends Component {
    static template = "crm_lifecycle.AnswerPill";
    static components = { Dropdown, DropdownItem };
    static props = {
        name: String,
        label: String,
        value: { type: [String, Boolean] },
        choices: Array,
        /** when and by whom it was given */
        given: { type: Object, optional: true },
        readonly: { type: Boolean, optional: true },
        onSelect: Function,
        onConfirm: { type: Function, optional: true },
    };

    setup() {
        this.icon = icon;
        this.look = look;
    }

    get choices() {
        return [[false, _t("Unknown")], ...this.props.choices];
    }

    get word() {
        return this.choices.find(([value]) => value === this.props.value)?.[1];
    }

    get stale() {
        return Boolean(this.props.given?.stale);
    }

    get age() {
        return this.stale && age(this.props.given);
    }

    get title() {
        return this.props.given ? answeredBy(this.props.given) : "";
    }

    get ariaLabel() {
        return [`${this.props.label}: ${this.word}`, this.title].filter(Boolean).join(", ");
    }
}
