import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { FlowEditor } from "./flow_editor";

/** The editor of the steps, on the form of a sequence. */
export class NurtureFlow extends Component {
    static template = "crm_lifecycle.NurtureFlow";
    static components = { FlowEditor };
    static props = { ...standardWidgetProps };

    get editorProps() {
        const { resId, data } = this.props.record;
        return {
            sequenceId: resId,
            versionId: (data.draft_id || data.version_id).id,
            canEdit: data.can_edit,
        };
    }

    /** Another state of the sequence gives other steps: read them again. */
    get key() {
        const { resId, data } = this.props.record;
        return `${resId} ${data.version_id?.id} ${data.draft_id?.id} ${data.state}`;
    }

    get isReady() {
        const { resId, data } = this.props.record;
        return resId && (data.draft_id || data.version_id);
    }
}

registry.category("view_widgets").add("crm_nurture_flow", {
    component: NurtureFlow,
    fieldDependencies: [
        { name: "version_id", type: "many2one" },
        { name: "draft_id", type: "many2one" },
        { name: "can_edit", type: "boolean" },
        { name: "state", type: "selection" },
    ],
});
