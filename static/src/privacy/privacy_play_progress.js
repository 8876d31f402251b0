import { SuspectImportProgress } from "@crm_lifecycle/lifecycle/suspect_import_progress/suspect_import_progress";
import { formatInteger } from "@web/views/fields/formatters";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Shows how many tables are counted, and reads the record again until all are. */
export class PrivacyPlayProgress extends SuspectImportProgress {
    get text() {
        const values = {
            done: formatInteger(this.data.done_count),
            all: formatInteger(this.data.todo_count),
        };
        return this.data.state === "paused"
            ? _t("Stopped after %(done)s of %(all)s tables", values)
            : _t("%(done)s of %(all)s tables counted", values);
    }
}

registry.category("view_widgets").add("privacy_play_progress", {
    component: PrivacyPlayProgress,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "done_count", type: "integer" },
        { name: "todo_count", type: "integer" },
    ],
});
