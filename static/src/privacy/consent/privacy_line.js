import { Component, onMounted, onWillUpdateProps, useState } from "@odoo/owl";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** By purpose and channel: may we write, and on what ground. */
export class PrivacyGrounds extends Component {
    static template = "crm_lifecycle.PrivacyGrounds";
    static props = { state: Object, openNote: Function, openAll: Function, close: Function };

    note() {
        this.props.close();
        return this.props.openNote();
    }

    all() {
        this.props.close();
        return this.props.openAll();
    }
}

/** "Consent: e-mail yes, SMS no, phone yes"; it is read after the form is shown. */
export class PrivacyLine extends Component {
    static template = "crm_lifecycle.PrivacyLine";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ line: null });
        this.popover = usePopover(PrivacyGrounds, {
            position: "bottom-start",
            popoverClass: "o_crm_privacy_popover",
        });
        onMounted(() => this.load(this.props.record));
        onWillUpdateProps((next) => {
            this.load(next.record);
        });
    }

    /** The last form that was asked about wins, whichever answer comes first. */
    async load(record) {
        const { resModel, resId } = record;
        this.asked = resId;
        if (!resId) {
            this.state.line = null;
            return;
        }
        const { context } = user;
        const line = await this.orm.silent.call(resModel, "get_privacy_state", [[resId]], { context });
        if (this.asked === resId) {
            this.state.line = line;
        }
    }

    explain(ev) {
        this.popover.open(ev.currentTarget, {
            state: this.state.line,
            openNote: () => this.run("action_privacy_note"),
            openAll: () => this.run("action_privacy_consents"),
        });
    }

    async run(method) {
        const { record } = this.props;
        const action = await this.orm.call(record.resModel, method, [[record.resId]]);
        return this.action.doAction(action, { onClose: () => this.load(record) });
    }
}

registry.category("view_widgets").add("privacy_line", { component: PrivacyLine });
