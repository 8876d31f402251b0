import { SuspectImportProgress } from "../../lifecycle/suspect_import_progress/suspect_import_progress";
import { formatInteger } from "@web/views/fields/formatters";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/**
 * Shows how far an erasure is, and the search after it, and reads it again until it ends. The work itself is done by the
 * server, also when this page is closed.
 */
export class PrivacyErasureProgress extends SuspectImportProgress {
    get busy() {
        return ["searching", "running", "files"].includes(this.data.erasure_state) || this.scanning;
    }

    get scanning() {
        return ["waiting", "running"].includes(this.data.scan_state);
    }

    get percent() {
        return this.scanning ? Math.round(this.data.scan_progress) : super.percent;
    }

    get text() {
        if (this.scanning) {
            return _t("Searching the whole database and the files for what is left");
        }
        const values = {
            done: formatInteger(this.data.done_count),
            all: formatInteger(this.data.todo_count),
        };
        return {
            searching: _t("Searching the texts of large tables"),
            running: _t("%(done)s of %(all)s places done", values),
            files: _t("Deleting the files from the disk"),
            paused: _t("Stopped after %(done)s of %(all)s places", values),
        }[this.data.erasure_state];
    }

    get timeLeft() {
        return "";
    }
}

registry.category("view_widgets").add("privacy_erasure_progress", {
    component: PrivacyErasureProgress,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "erasure_state", type: "selection" },
        { name: "scan_state", type: "selection" },
        { name: "scan_progress", type: "float" },
        { name: "done_count", type: "integer" },
        { name: "todo_count", type: "integer" },
    ],
});
