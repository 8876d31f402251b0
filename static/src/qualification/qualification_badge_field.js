import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { QualificationQuickEdit } from "./qualification_quick_edit";

/** The verdict on a card of the pipeline; a click opens the four criteria. */
export class QualificationBadgeField extends Component {
    static template = "crm_lifecycle.QualificationBadgeField";
    static props = { ...standardFieldProps };

    setup() {
        this.popover = usePopover(QualificationQuickEdit, {
            position: "bottom-start",
            popoverClass: "o_crm_quick_edit_popover",
            setActiveElement: true,
            onClose: () => this.changed && this.reload(),
        });
        this.changed = false;
    }

    get state() {
        return this.props.record.data[this.props.name] || "open";
    }

    get verdict() {
        const { selection } = this.props.record.fields[this.props.name];
        return selection.find(([value]) => value === this.state)?.[1];
    }

    /** The verdict alone: each further field would be read for every card of the pipeline. */
    get words() {
        return this.state === "open" ? _t("Qualify") : this.verdict;
    }

    get title() {
        return _t("%(verdict)s. Click to answer.", { verdict: this.verdict });
    }

    edit(ev) {
        this.changed = false;
        const { resId } = this.props.record;
        if (resId) {
            this.popover.open(ev.currentTarget, {
                leadId: resId,
                onChanged: () => (this.changed = true),
            });
        }
    }

    /** The verdict may have moved the lead to another column. */
    reload() {
        return this.props.record.model.load();
    }
}

registry.category("fields").add("qualification_badge", {
    component: QualificationBadgeField,
    supportedTypes: ["selection"],
});
