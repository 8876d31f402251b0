import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { SelectCreateDialog } from "@web/views/view_dialogs/select_create_dialog";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { TEMPERATURES, temperatureIcon, temperatureLabel } from "../temperature";

const MODEL = "crm.score.policy";

/** What the unsaved values of a rule, or of the thresholds, would change; nothing is saved. */
export class ScorePreview extends Component {
    static template = "crm_lifecycle.ScorePreview";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.state = useState({ preview: null, isLoading: false });
        this.changes = {};
        this.temperatures = TEMPERATURES;
        this.label = temperatureLabel;
        this.icon = temperatureIcon;
        this.format = formatInteger;
    }

    get args() {
        const { resModel, resId } = this.props.record;
        return [resModel, resId || false, this.changes];
    }

    async load() {
        this.state.isLoading = true;
        try {
            this.changes = await this.props.record.getChanges();
            const { context } = user;
            const preview = await this.orm.call(MODEL, "get_score_preview", this.args, { context });
            this.state.preview = preview;
        } finally {
            this.state.isLoading = false;
        }
    }

    get preview() {
        return this.state.preview;
    }

    get bars() {
        const { before, after } = this.preview;
        const highest = Math.max(...before.histogram, ...after.histogram, 1);
        return before.histogram.map((count, index) => ({
            index,
            label: String(index * 10),
            before: (100 * count) / highest,
            after: (100 * after.histogram[index]) / highest,
            title: _t("%(low)s to %(high)s: %(before)s before, %(after)s after", {
                low: index * 10,
                high: index === 9 ? 100 : index * 10 + 9,
                before: formatInteger(count),
                after: formatInteger(after.histogram[index]),
            }),
        }));
    }

    moveText({ count, before, after }) {
        return _t("%(count)s: %(before)s → %(after)s", {
            count: formatInteger(count),
            before: temperatureLabel(before),
            after: temperatureLabel(after),
        });
    }

    difference(temperature) {
        const { before, after } = this.preview;
        const change = after.temperatures[temperature] - before.temperatures[temperature];
        return change > 0 ? `+${formatInteger(change)}` : formatInteger(change);
    }

    openBefore(temperature) {
        return this.show({
            name: temperatureLabel(temperature),
            res_model: this.preview.target,
            domain: [["score_temperature", "=", temperature]],
        });
    }

    async openAfter(temperature) {
        const args = [...this.args, temperature];
        return this.show(await this.orm.call(MODEL, "action_open_preview", args));
    }

    /** In a dialog: whoever leaves a form saves it, and a preview saves nothing. */
    show({ name, res_model, domain }) {
        this.dialog.add(SelectCreateDialog, {
            title: name,
            resModel: res_model,
            domain,
            noCreate: true,
            multiSelect: false,
        });
    }
}

registry.category("view_widgets").add("score_preview", { component: ScorePreview });
