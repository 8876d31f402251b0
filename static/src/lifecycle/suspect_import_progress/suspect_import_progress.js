import { Component, onWillUnmount, useEffect } from "@odoo/owl";
import { formatInteger } from "@web/views/fields/formatters";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const REFRESH_MS = 1500;

/**
 * Shows how far a list is while it is checked or imported, and reads it again until it ends.
 * The work itself is done by the server, also when this page is closed.
 */
export class SuspectImportProgress extends Component {
    static template = "crm_lifecycle.SuspectImportProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.timer = null;
        this.start = null;
        useEffect(
            (busy) => {
                clearTimeout(this.timer);
                this.start = null;
                if (busy) {
                    this.waitAndRefresh();
                }
            },
            () => [this.busy && this.data.state]
        );
        onWillUnmount(() => {
            clearTimeout(this.timer);
            this.unmounted = true;
        });
    }

    get data() {
        return this.props.record.data;
    }

    get busy() {
        return ["checking", "running"].includes(this.data.state);
    }

    get percent() {
        const { done_count: done, todo_count: todo } = this.data;
        return todo ? Math.round((100 * done) / todo) : 0;
    }

    get text() {
        const values = {
            done: formatInteger(this.data.done_count),
            all: formatInteger(this.data.todo_count),
        };
        if (this.data.state === "checking") {
            return this.data.todo_count
                ? _t("%(done)s of %(all)s rows checked", values)
                : _t("Reading the file");
        }
        return this.data.state === "paused"
            ? _t("Stopped after %(done)s of %(all)s rows", values)
            : _t("%(done)s of %(all)s rows", values);
    }

    /** The time left at the speed seen since this page is open. */
    get timeLeft() {
        const { done_count: done, todo_count: todo } = this.data;
        if (!this.busy || !this.start || done <= this.start.done) {
            return "";
        }
        const seconds =
            ((todo - done) * (Date.now() - this.start.time)) / (done - this.start.done) / 1000;
        return seconds < 60
            ? _t("less than a minute left")
            : _t("%(minutes)s min left", { minutes: Math.round(seconds / 60) });
    }

    waitAndRefresh() {
        this.start ??= { time: Date.now(), done: this.data.done_count };
        this.timer = setTimeout(async () => {
            await this.props.record.load();
            if (!this.unmounted && this.busy) {
                this.waitAndRefresh();
            }
        }, REFRESH_MS);
    }
}

registry.category("view_widgets").add("suspect_import_progress", {
    component: SuspectImportProgress,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "done_count", type: "integer" },
        { name: "todo_count", type: "integer" },
    ],
});
