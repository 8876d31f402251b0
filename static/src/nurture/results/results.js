import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { ICONS } from "../editor/flow_list";

const SEQUENCE = "crm.nurture.sequence";
const VERSION = "crm.nurture.version";

/** What a sequence did and brings, read when its page is opened; every figure opens its people. */
export class NurtureResults extends Component {
    static template = "crm_lifecycle.NurtureResults";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ results: null });
        onWillStart(() => this.load(this.props.record));
        onWillUpdateProps(({ record }) => this.load(record));
    }

    /** The page is shown at once; the figures follow. */
    load(record, versionId = false) {
        if (record.resId) {
            this.read(record.resId, versionId);
        }
    }

    async read(id, versionId) {
        const results = await this.orm.call(SEQUENCE, "get_results", [[id], versionId]);
        if (id === this.props.record.resId) {
            this.state.results = results;
        }
    }

    get results() {
        return this.state.results;
    }

    choose(versionId) {
        return this.read(this.props.record.resId, Number(versionId));
    }

    // -- people -----------------------------------------------------------------------------------

    get ends() {
        const { people } = this.results;
        const labels = {
            inside: _t("Inside now"),
            done: _t("Got to the end"),
            goal: _t("Left at the goal"),
            exited: _t("Left before the end"),
            deleted: _t("Deleted while inside"),
        };
        return Object.entries(labels)
            .map(([key, label]) => ({ key, label, ...people[key] }))
            .filter(({ count }) => count);
    }

    get hasPeople() {
        const { led, holdout } = this.results.people;
        return led.count || holdout.count;
    }

    /** Nobody is led yet, and the reader can change that. */
    get mayPublish() {
        const { can_edit: canEdit, state } = this.props.record.data;
        return canEdit && state === "draft";
    }

    share(count, of) {
        return of ? count / of : null;
    }

    width(count) {
        return `${100 * (this.share(count, this.results.people.led.count) || 0)}%`;
    }

    // -- steps ------------------------------------------------------------------------------------

    get columns() {
        return [
            ["queued", _t("Wait to leave")],
            ["sent", _t("Sent")],
            ["opened", _t("Opened")],
            ["clicked", _t("Clicked")],
            ["replied", _t("Replied")],
            ["bounced", _t("Bounced")],
            ["skipped", _t("Left out")],
            ["failed", _t("Failed")],
        ];
    }

    icon(kind) {
        return ICONS[kind] || "fa-circle-o";
    }

    /** What the clicks of the two versions of a message say. */
    better({ verdict, difference, low, high }) {
        const values = this.interval(difference, low, high);
        return {
            few: _t("Too few messages to say which version is better."),
            open: _t("Clicks of B: %(points)s (%(low)s to %(high)s), which may be chance.", values),
            more: _t("B is clicked more: %(points)s (%(low)s to %(high)s).", values),
            less: _t("A is clicked more: B has %(points)s (%(low)s to %(high)s).", values),
        }[verdict];
    }

    // -- what it brings ---------------------------------------------------------------------------

    get lift() {
        return this.results.lift;
    }

    get verdict() {
        const { verdict, difference, low, high } = this.lift;
        const values = this.interval(difference, low, high);
        return {
            few: _t(
                "Too few to say: this needs at least 30 people on each side, and at least 5 in all who reached the goal."
            ),
            open: _t("It may be chance: %(points)s, in truth between %(low)s and %(high)s.", values),
            more: _t("The sequence helps: %(points)s, in truth between %(low)s and %(high)s.", values),
            less: _t("The sequence does harm: %(points)s, in truth between %(low)s and %(high)s.", values),
        }[verdict];
    }

    get relative() {
        const { relative, ratio_low: low, ratio_high: high } = this.lift;
        if (relative === null) {
            return "";
        }
        return _t("Beside those held out: %(share)s (between %(low)s and %(high)s).", {
            share: this.signed(relative, "%"),
            low: this.signed(low - 1, "%"),
            high: this.signed(high - 1, "%"),
        });
    }

    reached({ successes, number }) {
        return _t("%(count)s of %(all)s reached the goal", {
            count: this.count(successes),
            all: this.count(number),
        });
    }

    /** Whom the comparison counts. */
    get counted() {
        const days = this.count(this.lift.days);
        if (this.lift.days === 1) {
            return _t("Only people who came in at least a day ago are counted, and only goals reached within a day.");
        }
        return _t(
            "Only people who came in at least %(days)s days ago are counted, and only goals reached within %(days)s days.",
            { days }
        );
    }

    /** How many the comparison leaves out, and why. */
    get notCounted() {
        const { lately, earlier } = this.lift;
        const count = this.count(earlier);
        return [
            lately && _t("Not counted yet, because they came in too lately: %s.", this.count(lately)),
            earlier &&
                _t(
                    "Not counted, because they came in before the goal or the hold-out share was changed on %(date)s: %(count)s.",
                    { date: this.since, count }
                ),
        ].filter(Boolean);
    }

    get since() {
        const { since } = this.lift;
        return since && formatDateTime(deserializeDateTime(since), { showSeconds: false });
    }

    interval(difference, low, high) {
        return {
            points: _t("%s points", this.signed(difference)),
            low: this.signed(low),
            high: this.signed(high),
        };
    }

    // -- words ------------------------------------------------------------------------------------

    count(number) {
        return formatInteger(number);
    }

    rate(share) {
        return share === null ? "" : _t("%s %%", formatFloat(100 * share, { digits: [16, 1] }));
    }

    signed(share, unit = "") {
        if (share === null || share === undefined) {
            return "";
        }
        const number = formatFloat(Math.abs(100 * share), { digits: [16, 1] });
        const text = `${share < 0 ? "−" : "+"}${number}`;
        return unit ? _t("%s %%", text) : text;
    }

    former({ former }) {
        return former ? _t("Of these, deleted since: %s", this.count(former)) : "";
    }

    get hasFormer() {
        const { people, steps } = this.results;
        const figures = [people.led, people.holdout, ...steps.map((step) => step.cells.all)];
        return figures.some(({ former }) => former);
    }

    // -- what opens -------------------------------------------------------------------------------

    async open(model, method, args) {
        this.action.doAction(await this.orm.call(model, method, args));
    }

    openPeople(key, versionId = false, cause = false) {
        const args = [[this.props.record.resId], key, versionId, cause];
        return this.open(SEQUENCE, "open_people", args);
    }

    openStep(step, figure, variant = false) {
        const args = [[this.results.version_id], step.id, figure, variant];
        return this.open(VERSION, "open_figure", args);
    }

    openMessages(versionId, figure, rule = null) {
        const args = [[this.props.record.resId], versionId, figure, rule];
        return this.open(SEQUENCE, "open_messages", args);
    }

    openAll() {
        return this.open(SEQUENCE, "action_open_report", [[this.props.record.resId]]);
    }
}

registry.category("view_widgets").add("crm_nurture_results", {
    component: NurtureResults,
    fieldDependencies: [
        { name: "can_edit", type: "boolean" },
        { name: "state", type: "selection" },
    ],
});
