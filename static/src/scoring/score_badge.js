import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { ScoreReceipt } from "./receipt/score_receipt";
import { temperatureIcon, temperatureLabel } from "./temperature";

/** "72 Hot" on cards and in lists; a click shows the receipt. */
export class ScoreBadge extends Component {
    static template = "crm_lifecycle.ScoreBadge";
    static props = { ...standardFieldProps };

    setup() {
        this.popover = usePopover(ScoreReceipt, {
            position: "bottom-start",
            popoverClass: "o_crm_score_popover",
            useBottomSheet: this.env.isSmall,
        });
    }

    get temperature() {
        return this.props.record.data[this.props.name];
    }

    get icon() {
        return temperatureIcon(this.temperature);
    }

    get label() {
        return temperatureLabel(this.temperature);
    }

    /** Lists have a column of their own for the number. */
    get score() {
        return this.env.config?.viewType === "kanban" ? this.props.record.data.score : undefined;
    }

    get title() {
        return _t("Why this score?");
    }

    explain(ev) {
        const { record } = this.props;
        this.popover.open(ev.currentTarget, {
            resModel: record.resModel,
            resId: record.resId,
            onRefreshed: () => record.load(),
            score: record.data.score,
        });
    }
}

registry.category("fields").add("score_badge", {
    component: ScoreBadge,
    supportedTypes: ["selection"],
    fieldDependencies: [{ name: "score", type: "integer" }],
});
