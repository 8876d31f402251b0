import { Component, markup, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { formatAmount, formatCount, formatShare } from "../figures";
import { SegmentBadge } from "../segment_badge";
import { TargetBar } from "../target/target_bar";

/** The segments with their figures; opened, one also has its advice and what can be done. */
export class SegmentPanel extends Component {
    static template = "crm_lifecycle.SegmentPanel";
    static components = { SegmentBadge, TargetBar };
    static props = {
        segments: Array,
        currencyId: [Number, Boolean],
        actions: Array,
        onOpen: Function,
        onMoves: Function,
        onAction: Function,
    };

    setup() {
        this.open = useState({ id: false });
        this.formatCount = formatCount;
    }

    toggle(segment) {
        this.open.id = this.open.id === segment.id ? false : segment.id;
    }

    advice(segment) {
        return markup(segment.advice);
    }

    share(segment) {
        return segment.share === null ? "" : formatShare(segment.share);
    }

    revenue(segment) {
        return segment.revenue === null ? "" : formatAmount(segment.revenue, this.props.currencyId);
    }

    /** "+12" and an arrow: never the colour alone. */
    change({ change }) {
        return `${change > 0 ? "+" : "−"}${formatCount(Math.abs(change))}`;
    }

    changeTitle({ entered, left }) {
        return _t("Since last month %(entered)s came and %(left)s left", {
            entered: formatCount(entered),
            left: formatCount(left),
        });
    }
}
