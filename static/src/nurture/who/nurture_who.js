import { Component, onMounted, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** What a change of decides anew who comes in: then the line is read again. */
const DECIDING = ["write_date", "state", "inside_count", "done_count"];

/** For whom a sequence is, and how many are left out; read when the form is shown, not with it. */
export class NurtureWho extends Component {
    static template = "crm_lifecycle.NurtureWho";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ who: null });
        onMounted(() => this.load(this.props));
        onWillUpdateProps((next) => {
            if (this.key(next) !== this.loaded) {
                this.load(next);
            }
        });
    }

    key({ record }) {
        const values = DECIDING.map((name) => record.data[name]?.ts ?? record.data[name]);
        return [record.resId, ...values].join();
    }

    async load(props, asked = false) {
        const key = (this.loaded = this.key(props));
        const { resModel, resId } = props.record;
        const who = resId && (await this.orm.silent.call(resModel, "get_who", [[resId], asked]));
        if (key === this.loaded) {
            this.state.who = who;
        }
    }

    count() {
        this.state.who = null;
        return this.load(this.props, true);
    }

    async open() {
        const { resModel, resId } = this.props.record;
        if (await this.props.record.save()) {
            this.action.doAction(await this.orm.call(resModel, "action_who", [[resId]]));
        }
    }
}

registry.category("view_widgets").add("crm_nurture_who", {
    component: NurtureWho,
    fieldDependencies: [
        { name: "write_date", type: "datetime" },
        { name: "state", type: "selection" },
        { name: "inside_count", type: "integer" },
        { name: "done_count", type: "integer" },
    ],
});
