import { onMounted, onWillUnmount, useExternalListener } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

/**
 * Where a field of the form opens something: clicks there do not leave it. In the editor itself
 * whatever leaves the form saves it, and says once why that was not possible.
 */
const OVERLAYS =
    ".o-overlay-container, .o_dialog, .o-dropdown--menu, .o_popover, .o_crm_nurture_editor";

/**
 * The form of a step beside the flow: it saves by itself when one goes on elsewhere, and tells
 * the editor.
 */
export class NurtureStepController extends FormController {
    static template = "crm_lifecycle.NurtureStepForm";
    static props = {
        ...FormController.props,
        register: { type: Function, optional: true },
    };

    setup() {
        super.setup();
        onMounted(() => this.props.register?.(this));
        onWillUnmount(() => this.props.register?.(null));
        useExternalListener(document, "pointerdown", (ev) => this.onPointerDown(ev), {
            capture: true,
        });
    }

    onPointerDown(ev) {
        const isElsewhere =
            !this.rootRef.el?.contains(ev.target) && !ev.target.closest?.(OVERLAYS);
        if (this.props.register && isElsewhere) {
            this.saveChanges();
        }
    }

    /** Save what was changed; false if something is missing or wrong. */
    async saveChanges() {
        const { root } = this.model;
        if (root.isInEdition && (await root.isDirty())) {
            return root.save();
        }
        return true;
    }

    async onRecordSaved(record, changes) {
        await super.onRecordSaved(record, changes);
        await this.props.onSave?.(record);
    }

    /** The editor is told by `onRecordSaved`, whoever saves. */
    async saveButtonClicked() {
        return this.saveChanges();
    }
}

registry.category("views").add("crm_nurture_step_form", {
    ...formView,
    Controller: NurtureStepController,
});
