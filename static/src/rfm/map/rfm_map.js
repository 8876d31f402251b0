import { Component, onMounted, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { formatAmount, formatCount, formatDayLong, otherPolicyText, POLICY_MODEL } from "../figures";
import { RefreshDialog } from "../refresh/refresh_dialog";
import { SegmentBadge } from "../segment_badge";
import { TargetBar } from "../target/target_bar";
import { RfmGrid } from "./rfm_grid";
import { SegmentPanel } from "./segment_panel";

const CELL_COUNT = 25;

/**
 * The customers by recency and frequency, and what to do with them.
 *
 * Cells are chosen (`marked`) to act on several at once; a manager can paint them with another
 * segment (`painted`, by cell) and save all at once.
 */
export class RfmMap extends Component {
    static template = "crm_lifecycle.RfmMap";
    static components = {
        Dropdown,
        DropdownItem,
        Layout,
        RfmGrid,
        SegmentBadge,
        SegmentPanel,
        TargetBar,
    };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.keepLast = new KeepLast();
        const policyId = this.props.action.params?.policy_id || false;
        this.choice = useState({ policyId, tier: false, ...this.props.state });
        this.state = useState({ map: null, marked: [], isSelecting: false, brush: null });
        this.paint = useState({ cells: null });
        this.formatCount = formatCount;
        onMounted(() => this.reload());
        useSetupAction({
            getLocalState: () => ({ ...this.choice }),
            beforeLeave: () => this.confirmDiscard(),
        });
    }

    // -- the figures --------------------------------------------------------------------------

    async reload() {
        const { policyId, tier } = this.choice;
        const ids = policyId ? [policyId] : [];
        const shown = policyId || this.map?.policy?.id;
        this.state.map = await this.keepLast.add(
            this.orm.call(POLICY_MODEL, "get_map", [ids], { value_tier: tier })
        );
        this.noteOtherPolicy(shown);
    }

    /** Say so when the policy is gone and another one is shown instead. */
    noteOtherPolicy(shown) {
        const policy = this.map.policy;
        if (shown && policy && policy.id !== shown) {
            this.choice.policyId = false;
            this.unmark();
            this.notification.add(otherPolicyText(policy), { type: "warning" });
        }
    }

    choose(values) {
        Object.assign(this.choice, values);
        this.unmark();
        return this.reload();
    }

    get map() {
        return this.state.map;
    }

    get isReady() {
        return this.map?.state === "ready";
    }

    get dateLabel() {
        return _t("Figures of %s", formatDayLong(this.map.date));
    }

    get tiers() {
        return [
            { id: false, label: _t("All customers") },
            { id: "high", label: _t("High value") },
            { id: "medium", label: _t("Medium value") },
            { id: "low", label: _t("Low value") },
        ];
    }

    get tierLabel() {
        return this.tiers.find(({ id }) => id === this.choice.tier).label;
    }

    /** The cells by name, with the segments that are being painted. */
    get cells() {
        const painted = this.paint.cells || {};
        return Object.fromEntries(
            this.map.cells.map((cell) => [
                cell.cell,
                cell.cell in painted ? { ...cell, segment_id: painted[cell.cell] } : cell,
            ])
        );
    }

    get segments() {
        return Object.fromEntries(this.map.segments.map((segment) => [segment.id, segment]));
    }

    // -- what is behind a number ----------------------------------------------------------------

    openCell(cell) {
        return this.run("open_customers", { cells: [cell] });
    }

    openSegment(segment) {
        return this.run("open_customers", { segment_id: segment.id });
    }

    openMoves(segment) {
        return this.doActionOf("action_open_last_moves", { segment_id: segment.id });
    }

    runOnMarked(name) {
        return this.run(name, { cells: [...this.state.marked] });
    }

    runOnSegment(name, segment) {
        return this.run(name, { segment_id: segment.id });
    }

    /** @param {{ cells?: string[], segment_id?: number }} target */
    run(name, target) {
        const value_tier = this.choice.tier;
        return this.doActionOf("run_target_action", { name, ...target, value_tier });
    }

    doActionOf(method, kwargs = {}) {
        return this.once(() => this.openActionOf(method, kwargs));
    }

    /** A second click while the first one is on its way does nothing: one click, one segment. */
    async once(task) {
        if (this.isBusy) {
            return;
        }
        this.isBusy = true;
        try {
            return await task();
        } finally {
            this.isBusy = false;
        }
    }

    async openActionOf(method, kwargs) {
        const policyId = this.map.policy.id;
        let action;
        try {
            action = await this.orm.call(POLICY_MODEL, method, [[policyId]], kwargs);
        } catch (error) {
            await this.reload();
            if (this.map.policy?.id === policyId) {
                throw error;
            }
            return; // somebody has deleted the policy, which the page has just told
        }
        return this.action.doAction(action);
    }

    // -- choosing cells -------------------------------------------------------------------------

    toggleSelecting() {
        this.state.isSelecting = !this.state.isSelecting;
        this.state.marked = [];
    }

    mark(cell) {
        const { marked } = this.state;
        this.state.marked = marked.includes(cell)
            ? marked.filter((other) => other !== cell)
            : [...marked, cell];
    }

    unmark() {
        this.state.marked = [];
        this.state.isSelecting = false;
    }

    get markedLabel() {
        const cells = this.state.marked.map((name) => this.cells[name]);
        const sum = (figure) => cells.reduce((total, cell) => total + cell[figure], 0);
        const values = {
            cells: cells.length,
            customers: formatCount(sum("count")),
            revenue: formatAmount(sum("revenue"), this.map.currency_id),
        };
        return cells.length === 1
            ? _t("1 cell, customers: %(customers)s, revenue: %(revenue)s", values)
            : _t("%(cells)s cells, customers: %(customers)s, revenue: %(revenue)s", values);
    }

    // -- painting -------------------------------------------------------------------------------

    get isPainting() {
        return this.paint.cells !== null;
    }

    get brushes() {
        return this.map.segments.filter(({ kind }) => kind === "cells");
    }

    startPainting() {
        this.unmark();
        this.paint.cells = {};
        this.state.brush = this.brushes[0].id;
    }

    paintCell(cell) {
        const before = this.map.cells.find((one) => one.cell === cell).segment_id;
        if (before === this.state.brush) {
            delete this.paint.cells[cell];
        } else {
            this.paint.cells[cell] = this.state.brush;
        }
    }

    /** A grid to be painted anew: until all 25 cells are covered it cannot be saved. */
    wipe() {
        for (const { cell } of this.map.cells) {
            this.paint.cells[cell] = false;
        }
    }

    get changedCount() {
        return Object.keys(this.paint.cells || {}).length;
    }

    get coveredCount() {
        return Object.values(this.cells).filter(({ segment_id }) => segment_id).length;
    }

    get isCovered() {
        return this.coveredCount === CELL_COUNT;
    }

    get coverLabel() {
        const values = { covered: this.coveredCount, all: CELL_COUNT, changed: this.changedCount };
        return _t("%(covered)s of %(all)s cells covered, %(changed)s changed", values);
    }

    /** Segments that nobody would be in any more. */
    get bareSegments() {
        const used = new Set(Object.values(this.cells).map(({ segment_id }) => segment_id));
        return this.brushes.filter(({ id }) => !used.has(id)).map(({ name }) => name);
    }

    get bareLabel() {
        return _t("Without a cell: %s", this.bareSegments.join(", "));
    }

    savePaint() {
        return this.once(() => this.writePaint());
    }

    async writePaint() {
        try {
            await this.orm.call("crm.rfm.cell", "paint", [{ ...this.paint.cells }]);
        } catch (error) {
            await this.reload();
            this.dropDeletedSegments();
            throw error;
        }
        this.paint.cells = null;
        await this.reload();
        this.notification.add(_t("The grid is saved and the segments are up to date."), {
            type: "success",
        });
    }

    /** What was painted with a segment that somebody else has deleted is painted no more. */
    dropDeletedSegments() {
        const ids = new Set(this.brushes.map(({ id }) => id));
        for (const [cell, segmentId] of Object.entries(this.paint.cells)) {
            if (segmentId && !ids.has(segmentId)) {
                delete this.paint.cells[cell];
            }
        }
        if (!ids.has(this.state.brush)) {
            this.state.brush = this.brushes[0].id;
        }
    }

    discardPaint() {
        this.paint.cells = null;
    }

    confirmDiscard() {
        if (!this.changedCount) {
            return true;
        }
        return new Promise((resolve) => {
            this.dialog.add(ConfirmationDialog, {
                title: _t("The grid is not saved"),
                body: _t("Leave this page and forget the painted cells?"),
                confirmLabel: _t("Leave"),
                confirm: () => resolve(true),
                cancelLabel: _t("Stay here"),
                cancel: () => resolve(false),
                dismiss: () => resolve(false),
            });
        });
    }

    // -- refreshing -----------------------------------------------------------------------------

    refresh() {
        this.dialog.add(RefreshDialog, {
            openMoves: () => this.doActionOf("action_open_moves"),
            onDone: () => this.reload(),
        });
    }

    /** The thresholds begin with those of the customers; their form is opened to mend them. */
    async useFixedThresholds() {
        const { id } = this.map.policy;
        await this.orm.call(POLICY_MODEL, "action_use_fixed", [[id]]);
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: POLICY_MODEL,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openPolicies() {
        return this.action.doAction("crm_lifecycle.crm_rfm_policy_action");
    }
}

registry.category("actions").add("crm_lifecycle.rfm_map", RfmMap);
