import { Component, onMounted, useState } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { formatCount, formatDay, formatShare, otherPolicyText, POLICY_MODEL } from "../figures";
import { SegmentBadge } from "../segment_badge";

const ICONS = { same: "fa-pause", better: "fa-caret-up", worse: "fa-caret-down" };

/** The ways back from the last day of the history that are one click. */
const MONTHS = [1, 3, 6, 12];

/** Where the customers of a day were on a later day: one row per segment of the first day. */
export class RfmMatrix extends Component {
    static template = "crm_lifecycle.RfmMatrix";
    static components = { DateTimeInput, Dropdown, DropdownItem, Layout, SegmentBadge };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.keepLast = new KeepLast();
        this.choice = useState({ policyId: false, from: false, to: false, ...this.props.state });
        this.state = useState({ matrix: null });
        Object.assign(this, { formatCount, formatShare });
        onMounted(() => this.reload());
        useSetupAction({ getLocalState: () => ({ ...this.choice }) });
    }

    // -- the figures --------------------------------------------------------------------------

    async reload() {
        const { policyId, from, to } = this.choice;
        const ids = policyId ? [policyId] : [];
        this.state.matrix = await this.keepLast.add(
            this.orm.call(POLICY_MODEL, "get_matrix", [ids, from, to])
        );
        const policy = this.matrix.policy;
        if (policyId && policy && policy.id !== policyId) {
            Object.assign(this.choice, { policyId: false, from: false, to: false });
            this.notification.add(otherPolicyText(policy), { type: "warning" });
        }
    }

    choose(values) {
        Object.assign(this.choice, values);
        return this.reload();
    }

    choosePolicy(policyId) {
        return this.choose({ policyId, from: false, to: false });
    }

    get matrix() {
        return this.state.matrix;
    }

    get isReady() {
        return this.matrix?.state === "ready";
    }

    get isEmpty() {
        return !this.matrix.rows.length;
    }

    // -- the days -------------------------------------------------------------------------------

    get days() {
        const { date_from, date_to, start, end } = this.matrix;
        const parse = (day) => deserializeDate(day);
        return { from: parse(date_from), to: parse(date_to), start: parse(start), end: parse(end) };
    }

    get daysLabel() {
        const { date_from, date_to } = this.matrix;
        return _t("%(first)s to %(second)s", {
            first: formatDay(date_from),
            second: formatDay(date_to),
        });
    }

    /** Only ways back that the history has. */
    get periods() {
        const { start, end } = this.days;
        return MONTHS.map((months) => ({ months, from: end.minus({ months }) }))
            .filter(({ from }) => from >= start)
            .map(({ months, from }) => ({ months, from, label: this.periodLabel(months) }))
            .concat({ months: 0, from: start, label: _t("Whole history") });
    }

    periodLabel(months) {
        return months === 1 ? _t("Last month") : _t("Last %s months", months);
    }

    choosePeriod({ from }) {
        return this.choose({ from: serializeDate(from), to: false });
    }

    /** @param {"from" | "to"} side */
    onDayChosen(side, day) {
        if (!day) {
            return;
        }
        const { from, to } = { ...this.days, [side]: day };
        const [first, second] = [from, to].sort((a, b) => a - b);
        return this.choose({ from: serializeDate(first), to: serializeDate(second) });
    }

    // -- what is shown ----------------------------------------------------------------------

    get segments() {
        return Object.fromEntries(this.matrix.segments.map((segment) => [segment.id, segment]));
    }

    get total() {
        return this.matrix.totals.reduce((sum, count) => sum + count, 0);
    }

    icon(cell) {
        return ICONS[cell.direction];
    }

    heat(cell) {
        return `--rfm-heat: ${Math.round(Math.min(50, 10 + cell.share * 0.5))}%`;
    }

    cellTitle(row, cell) {
        const direction = {
            same: _t("stayed"),
            better: _t("went up"),
            worse: _t("went down"),
        }[cell.direction];
        return _t("%(from)s to %(to)s: %(count)s of %(all)s %(direction)s", {
            from: this.segments[row.segment_id].name,
            to: this.segments[cell.segment_id].name,
            count: formatCount(cell.count),
            all: formatCount(row.count),
            direction,
        });
    }

    // -- what is behind it --------------------------------------------------------------------

    open(from, to) {
        const { policy, date_from, date_to } = this.matrix;
        const change = [policy.id, from || "any", to || "any", date_from, date_to].join("/");
        const nameOf = (id) => (id ? this.segments[id].name : _t("All"));
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: `${nameOf(from)} → ${nameOf(to)}, ${this.daysLabel}`,
            res_model: "res.partner",
            views: [
                [this.matrix.list_view_id, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
            domain: [["rfm_change", "=", change]],
            context: { active_test: false },
        });
    }

    openMoves(view) {
        return this.action.doAction("crm_lifecycle.crm_rfm_move_action", { viewType: view });
    }

    openMap() {
        return this.action.doAction("crm_lifecycle.crm_rfm_map_action");
    }
}

registry.category("actions").add("crm_lifecycle.rfm_matrix", RfmMatrix);
