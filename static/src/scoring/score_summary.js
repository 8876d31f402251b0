import { Component } from "@odoo/owl";
import { usePopover } from "@web/core/popover/popover_hook";
import { useService } from "@web/core/utils/hooks";

import { summaryParts } from "../lifecycle/summary/lifecycle_summary";
import { ScoreReceipt } from "./receipt/score_receipt";
import { Sparkline } from "./sparkline";
import { temperatureIcon, temperatureLabel } from "./temperature";

/** "Score 72 HOT (why?)" with the curve of the last months, on the form of a lead or contact. */
export class ScoreSummary extends Component {
    static template = "crm_lifecycle.ScoreSummary";
    static components = { Sparkline };
    static props = { part: Object, record: Object };

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
        return this.props.part;
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

summaryParts.add("score", { component: ScoreSummary }, { sequence: 10 });
