import { Component, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

const SEQUENCE = "crm.nurture.sequence";

/** The messages of the next days under the steps; asked for when somebody wants to see them. */
export class NurtureForecast extends Component {
    static template = "crm_lifecycle.NurtureForecast";
    static props = { sequenceId: Number, beforeLook: Function };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ open: false, busy: false, forecast: null });
    }

    get most() {
        return Math.max(1, ...this.state.forecast.bars.map((bar) => bar.count));
    }

    /** The height of a bar in percent; what is there at all can be seen. */
    height(bar) {
        return bar.count && Math.max(4, Math.round((100 * bar.count) / this.most));
    }

    async toggle() {
        this.state.open = !this.state.open;
        if (this.state.open) {
            await this.look();
        }
    }

    async look() {
        if (!(await this.props.beforeLook())) {
            return;
        }
        this.state.busy = true;
        try {
            const args = [[this.props.sequenceId]];
            this.state.forecast = await this.orm.call(SEQUENCE, "get_forecast", args);
        } finally {
            this.state.busy = false;
        }
    }

    async openBar(bar) {
        const args = [[this.props.sequenceId], bar.first, bar.last];
        this.action.doAction(await this.orm.call(SEQUENCE, "open_forecast", args));
    }

    async openAll() {
        const args = [[this.props.sequenceId]];
        this.action.doAction(await this.orm.call(SEQUENCE, "action_dry_run", args));
    }
}
