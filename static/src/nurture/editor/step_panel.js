import { Component, useSubEnv } from "@odoo/owl";
import { getDefaultConfig, View } from "@web/views/view";

/** The form of the chosen step, apart from the page that it stands in. */
export class StepPanel extends Component {
    static template = "crm_lifecycle.NurtureStepPanel";
    static components = { View };
    static props = {
        step: Object,
        editable: Boolean,
        register: Function,
        onSaved: Function,
        onClose: Function,
    };

    setup() {
        // else the title and the pager of the page would become those of the step
        useSubEnv({ config: getDefaultConfig() });
    }

    get viewProps() {
        return {
            type: "form",
            resModel: "crm.nurture.step",
            resId: this.props.step.id,
            views: [[false, "form"]],
            display: { controlPanel: false },
            readonly: !this.props.editable,
            preventEdit: !this.props.editable,
            register: this.props.register,
            onSave: this.props.onSaved,
            context: { form_view_ref: "crm_lifecycle.crm_nurture_step_view_form" },
        };
    }

    onKeydown(ev) {
        if (ev.key === "Escape" && !ev.defaultPrevented) {
            ev.stopPropagation();
            this.props.onClose();
        }
    }
}
