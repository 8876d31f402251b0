import { Component, onMounted, onWillUpdateProps, useState } from "@odoo/owl";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { summaryParts } from "../../lifecycle/summary/lifecycle_summary";

/** By purpose and channel: may we write, and on what ground. */
export class PrivacyGrounds extends Component {
    static template = "crm_lifecycle.PrivacyGrounds";
    // no close on a phone, where it is a sheet at the bottom
    static props = { part: Object, run: Function, close: { type: Function, optional: true } };
}

/** "Consent: e-mail yes, SMS no, phone yes" on the form of a lead or contact. */
export class PrivacySummary extends Component {
    static template = "crm_lifecycle.PrivacySummary";
    static props = { part: Object, record: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.popover = usePopover(PrivacyGrounds, {
            position: "bottom-start",
            popoverClass: "o_crm_privacy_popover",
            useBottomSheet: this.env.isSmall,
        });
    }

    explain(ev) {
        this.popover.open(ev.currentTarget, {
            part: this.props.part,
            run: (method) => this.run(method),
        });
    }

    async run(method) {
        this.popover.close();
        const { resModel, resId } = this.props.record;
        const action = await this.orm.call(resModel, method, [[resId]]);
        return this.action.doAction(action, { onClose: () => this.reload() });
    }

    /** What the user is typing stays. */
    async reload() {
        if (!(await this.props.record.isDirty())) {
            await this.props.record.load();
        }
    }
}

summaryParts.add("consent", { component: PrivacySummary }, { sequence: 50 });

/** The same for who has no line of sales: the data protection officer. */
export class PrivacyLine extends Component {
    static template = "crm_lifecycle.PrivacyLine";
    static components = { PrivacySummary };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ part: null });
        onMounted(() => this.load(this.props.record));
        onWillUpdateProps((next) => {
            this.load(next.record);
        });
    }

    async load({ resModel, resId }) {
        this.state.part = resId
            ? await this.keepLast.add(
                  this.orm.silent.call(resModel, "get_privacy_state", [[resId]])
              )
            : null;
    }
}

registry.category("view_widgets").add("privacy_line", { component: PrivacyLine });
