import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { View } from "@web/views/view";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** The field of the transition that points to a record of the model. */
const SUBJECTS = { "crm.lead": "lead_id", "res.partner": "partner_id" };

/**
 * The history of a lead or contact, as Odoo's own list. It is read when the page is opened, not
 * with the form: a one2many would cost each form a fifth of its time.
 */
export class LifecycleJourney extends Component {
    static template = "crm_lifecycle.LifecycleJourney";
    static components = { View };
    static props = { ...standardWidgetProps };

    get viewProps() {
        const { resModel, resId } = this.props.record;
        return {
            type: "list",
            resModel: "crm.lifecycle.transition",
            // else the list of the menu that the form was opened from
            views: [[false, "list"]],
            domain: [[SUBJECTS[resModel], "=", resId]],
            context: { list_view_ref: "crm_lifecycle.crm_lifecycle_transition_view_list_journey" },
            display: { controlPanel: false, searchPanel: false },
            allowSelectors: false,
            selectRecord: () => {},
        };
    }

    /** A move by the status bar gives the record another date: read the history again. */
    get key() {
        const { resId, data } = this.props.record;
        return `${resId} ${data.lifecycle_date} ${data.lifecycle_stage_id?.id}`;
    }
}

registry.category("view_widgets").add("lifecycle_journey", {
    component: LifecycleJourney,
    fieldDependencies: [
        { name: "lifecycle_date", type: "datetime" },
        { name: "lifecycle_stage_id", type: "many2one" },
    ],
});
