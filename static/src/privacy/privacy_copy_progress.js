import { SuspectImportProgress } from "@crm_lifecycle/lifecycle/suspect_import_progress/suspect_import_progress";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Shows how far the copy of a person's data is, and reads the request again until it is ready. */
export class PrivacyCopyProgress extends SuspectImportProgress {
    get busy() {
        return this.data.copy_state === "running";
    }

    get percent() {
        return Math.round(this.data.copy_progress);
    }

    get text() {
        return _t("%(percent)s %", { percent: this.percent });
    }

    get timeLeft() {
        return "";
    }
}

registry.category("view_widgets").add("privacy_copy_progress", {
    component: PrivacyCopyProgress,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "copy_state", type: "selection" },
        { name: "copy_progress", type: "float" },
    ],
});
