import { Component } from "@odoo/owl";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { ScoreReceipt } from "./receipt/score_receipt";
import { Sparkline } from "./sparkline";
import { temperatureIcon, temperatureLabel } from "./temperature";

/** "Score 72 HOT (why?)" with the curve of the last months, on the form of a lead or contact. */
export class ScoreSummary extends Component {
    static template = "crm_lifecycle.ScoreSummary";
    static components = { Sparkline };
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.popover = usePopover(ScoreReceipt, {
            position: "bottom-start",
            popoverClass: "o_crm_score_popover",
            useBottomSheet: this.env.isSmall,
        });
    }

    get record() {
        return this.props.record;
    }

    get summary() {
        return this.record.data[this.props.name];
    }

    get icon() {
        return temperatureIcon(this.summary.temperature);
    }

    get label() {
        return temperatureLabel(this.summary.temperature);
    }

    explain(ev) {
        this.popover.open(ev.currentTarget, {
            resModel: this.record.resModel,
            resId: this.record.resId,
            score: this.summary.score,
            onRefreshed: () => this.reload(),
        });
    }

    async wake() {
        await this.orm.call(this.record.resModel, "action_score_wake", [[this.record.resId]]);
        return this.reload();
    }

    /** What the user is typing stays. */
    async reload() {
        if (!(await this.record.isDirty())) {
            await this.record.load();
        }
    }
}

registry.category("fields").add("score_summary", {
    component: ScoreSummary,
    supportedTypes: ["json"],
});
