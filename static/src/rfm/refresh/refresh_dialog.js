import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { formatCount, formatDay, POLICY_MODEL } from "../figures";

/** What a step says that it wrote, with the words beside the number. */
const FIGURES = {
    added: () => _t("new customers"),
    changed: () => _t("changes of figures"),
    removed: () => _t("no customers any more"),
    moved: () => _t("moves between segments"),
};

/**
 * Brings the figures up to date, one step after another, so that it shows how far it is and
 * can be stopped between two steps. What is done stays done.
 */
export class RefreshDialog extends Component {
    static template = "crm_lifecycle.RefreshDialog";
    static components = { Dialog };
    static props = {
        close: Function,
        openMoves: Function,
        onDone: Function,
        policyIds: { type: Array, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({
            steps: null,
            done: 0,
            isStopping: false,
            isOver: false,
            leftOut: [],
        });
        this.sums = useState(Object.fromEntries(Object.keys(FIGURES).map((name) => [name, 0])));
        this.formatCount = formatCount;
        onMounted(() => this.run());
        onWillUnmount(() => this.onClosed());
    }

    async run() {
        try {
            this.state.steps = await this.orm.call(POLICY_MODEL, "get_refresh_steps", [
                this.props.policyIds || null,
            ]);
            for (const step of this.state.steps) {
                if (this.state.isStopping) {
                    break;
                }
                await this.runStep(step);
            }
            await this.loadLeftOut();
        } finally {
            this.state.isOver = true;
            this.props.onDone();
        }
    }

    async runStep({ policy_id, as_of }) {
        const args = [[policy_id], as_of];
        const written = await this.orm.call(POLICY_MODEL, "run_refresh_step", args);
        for (const figure in FIGURES) {
            this.sums[figure] += written[figure];
        }
        this.state.done += 1;
    }

    /** Of each policy that was refreshed: who bought and has no figures, and why. */
    async loadLeftOut() {
        const ids = new Set(this.state.steps.slice(0, this.state.done).map((s) => s.policy_id));
        for (const id of ids) {
            const lines = await this.orm.call(POLICY_MODEL, "get_left_out", [[id]]);
            this.state.leftOut.push(...lines);
        }
    }

    /** Closed while it runs: the step on its way is finished, the others are not begun. */
    onClosed() {
        if (!this.state.isOver) {
            this.state.isStopping = true;
            this.props.onDone();
        }
    }

    stop() {
        this.state.isStopping = true;
    }

    get count() {
        return this.state.steps?.length || 0;
    }

    get percent() {
        return this.count ? Math.round((100 * this.state.done) / this.count) : 0;
    }

    get lines() {
        return Object.entries(FIGURES).map(([figure, label]) => ({
            figure,
            label: label(),
            count: this.sums[figure],
        }));
    }

    get isStopped() {
        return this.state.isOver && this.state.done < this.count;
    }

    get text() {
        if (!this.state.steps) {
            return _t("Looking what is to be done");
        }
        const step = this.state.steps[this.state.done];
        if (this.state.isOver || !step) {
            return this.isStopped
                ? _t("Stopped after %(done)s of %(all)s steps: the figures are those of the last step", {
                      done: this.state.done,
                      all: this.count,
                  })
                : _t("All figures are up to date");
        }
        return _t("%(step)s of %(all)s: %(policy)s, %(day)s", {
            step: this.state.done + 1,
            all: this.count,
            policy: step.name,
            day: step.as_of ? formatDay(step.as_of) : _t("today"),
        });
    }

    openMoves() {
        this.props.close();
        this.props.openMoves();
    }

    async openLeftOut({ policy_id, reason }) {
        const args = [[policy_id], reason];
        const action = await this.orm.call(POLICY_MODEL, "action_open_left_out", args);
        this.props.close();
        return this.action.doAction(action);
    }
}
