import { Component, useRef, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { _t } from "@web/core/l10n/translation";

import { colorStyle } from "../colors";
import { formatAmount, formatCount, formatShortAmount } from "../figures";

const SCORES = [1, 2, 3, 4, 5];

/** Where an arrow key leads to, in scores of recency and frequency. */
const ARROWS = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, 1],
    ArrowDown: [0, -1],
};

/**
 * The 25 cells of recency and frequency, with the arrow keys, the space bar, a mouse or a finger.
 *
 * A click goes to `onCell`, a click with Shift and the space bar to `onMark`. When the grid is
 * painted, both go to `onPaint`, and so does each cell that the mouse or the finger is drawn over.
 */
export class RfmGrid extends Component {
    static template = "crm_lifecycle.RfmGrid";
    static props = {
        cells: Object,
        segments: Object,
        ranges: Object,
        currencyId: [Number, Boolean],
        selected: Array,
        isSelecting: Boolean,
        isPainting: Boolean,
        onCell: Function,
        onMark: Function,
        onPaint: Function,
    };

    setup() {
        this.ui = useService("ui");
        this.root = useRef("root");
        this.focus = useState({ cell: "55" });
        this.drawing = false;
    }

    get columns() {
        return SCORES;
    }

    get rows() {
        return SCORES.toReversed().map((frequency) => ({
            frequency,
            cells: SCORES.map((recency) => this.props.cells[`${recency}${frequency}`]),
        }));
    }

    get highest() {
        return Math.max(1, ...Object.values(this.props.cells).map(({ revenue }) => revenue));
    }

    segment(cell) {
        return this.props.segments[cell.segment_id];
    }

    /** The more revenue, the stronger the colour; by the root, else the best cell fades the rest. */
    style(cell) {
        const share = Math.max(0, cell.revenue) / this.highest;
        const heat = cell.count ? 0.3 + 0.7 * Math.sqrt(share) : 0.15;
        const strength = this.props.isPainting ? 1 : heat;
        return colorStyle(this.segment(cell)?.color, this.segment(cell) ? strength : 0);
    }

    revenue(cell) {
        const format = this.ui.isSmall ? formatShortAmount : formatAmount;
        return format(cell.revenue, this.props.currencyId);
    }

    count(cell) {
        return formatCount(cell.count);
    }

    /** What the cell means and holds, in a sentence for the pointer and the screen reader. */
    title(cell) {
        const { ranges, currencyId } = this.props;
        const values = {
            segment: this.segment(cell)?.name || _t("No segment"),
            recency: ranges.r[cell.recency],
            frequency: ranges.f[cell.frequency],
            count: formatCount(cell.count),
            revenue: formatAmount(cell.revenue, currencyId),
            average: formatAmount(cell.count ? cell.revenue / cell.count : 0, currencyId),
        };
        return cell.count
            ? _t(
                  "%(segment)s. Last bought %(recency)s, %(frequency)s. Customers: %(count)s, revenue: %(revenue)s, on average: %(average)s",
                  values
              )
            : _t("%(segment)s. Last bought %(recency)s, %(frequency)s. No customer", values);
    }

    // -- keyboard, mouse and finger -------------------------------------------------------------

    onKeydown(ev) {
        const cell = ev.target.dataset?.cell;
        if (!cell) {
            return;
        }
        if (ARROWS[ev.key]) {
            this.move(cell, ARROWS[ev.key]);
            ev.preventDefault();
        } else if (ev.key === " ") {
            this.props.isPainting ? this.props.onPaint(cell) : this.props.onMark(cell);
            ev.preventDefault();
        }
    }

    /** Else the space bar would also be a click when it is let go. */
    onKeyup(ev) {
        if (ev.key === " ") {
            ev.preventDefault();
        }
    }

    move(cell, [right, up]) {
        const within = (score) => Math.min(5, Math.max(1, score));
        const next = `${within(Number(cell[0]) + right)}${within(Number(cell[1]) + up)}`;
        this.focus.cell = next;
        this.root.el.querySelector(`[data-cell="${next}"]`).focus();
    }

    onClick(cell, ev) {
        this.focus.cell = cell;
        if (this.props.isPainting) {
            this.props.onPaint(cell);
        } else if (ev.shiftKey || this.props.isSelecting) {
            this.props.onMark(cell);
        } else if (this.props.cells[cell].count) {
            this.props.onCell(cell);
        }
    }

    onPointerdown(ev) {
        this.drawing = this.props.isPainting && ev.isPrimary && ev.button === 0;
        this.draw(ev);
    }

    /** A finger stays with the cell it came down on: ask which one it is over. */
    draw(ev) {
        if (!this.drawing) {
            return;
        }
        const over = document.elementFromPoint(ev.clientX, ev.clientY)?.closest("[data-cell]");
        if (over && this.root.el.contains(over)) {
            this.props.onPaint(over.dataset.cell);
        }
    }

    onPointerup() {
        this.drawing = false;
    }
}
