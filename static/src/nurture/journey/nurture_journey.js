import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { View } from "@web/views/view";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** The field of the enrollment that points to a record of the model. */
const SUBJECTS = { "crm.lead": "lead_id", "res.partner": "partner_id" };

/** The sequences of a lead or contact, read when the page is opened, not with the form. */
export class NurtureJourney extends Component {
    static template = "crm_lifecycle.NurtureJourney";
    static components = { View };
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
    }

    get title() {
        return _t("Sequences");
    }

    /** Ask why the person is in a sequence, or is not. */
    ask() {
        const { resModel, resId } = this.props.record;
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Why?"),
            res_model: "crm.nurture.why",
            views: [[false, "form"]],
            target: "new",
            context: { default_model: resModel, [`default_${SUBJECTS[resModel]}`]: resId },
        });
    }

    get viewProps() {
        const { resModel, resId } = this.props.record;
        return {
            type: "list",
            resModel: "crm.nurture.enrollment",
            views: [[false, "list"]],
            domain: [[SUBJECTS[resModel], "=", resId]],
            context: { list_view_ref: "crm_lifecycle.crm_nurture_enrollment_view_list_journey" },
            display: { controlPanel: false, searchPanel: false },
            noContentHelp: _t("Not in any sequence so far."),
            allowSelectors: false,
            selectRecord: (id) =>
                this.action.doAction({
                    type: "ir.actions.act_window",
                    res_model: "crm.nurture.enrollment",
                    res_id: id,
                    views: [[false, "form"]],
                }),
        };
    }
}

registry.category("view_widgets").add("crm_nurture_journey", { component: NurtureJourney });
