import { Component, onMounted, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";

import { temperatureIcon } from "../temperature";

/** Why a score is what it is: the lines whose sum it is. It is read when somebody asks. */
export class ScoreReceipt extends Component {
    static template = "crm_lifecycle.ScoreReceipt";
    static props = {
        resModel: String,
        resId: Number,
        score: { type: Number, optional: true },
        onRefreshed: { type: Function, optional: true },
        close: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ receipt: null, isLoaded: false });
        onMounted(() => this.load());
    }

    async load() {
        const { resModel, resId, score, onRefreshed } = this.props;
        const { context } = user;
        const receipt = await this.orm.call(resModel, "get_score_receipt", [[resId]], { context });
        Object.assign(this.state, { receipt, isLoaded: true });
        if (receipt && receipt.score !== score) {
            onRefreshed?.();
        }
    }

    get receipt() {
        return this.state.receipt;
    }

    get icon() {
        return temperatureIcon(this.receipt.temperature);
    }

    label(name) {
        return this.receipt.labels[name];
    }

    heading(part) {
        return _t("%(part)s: %(value)s", { part: this.label(part.name), value: part.value });
    }

    points(points) {
        const number = formatInteger(Math.abs(points));
        return points < 0 ? `− ${number}` : `+ ${number}`;
    }

    linesOf(part) {
        return this.receipt.lines.filter((line) => line.component === part.name);
    }

    correctionOf(part) {
        return this.receipt.corrections.find((line) => line.component === part.name);
    }

    correctionLabel(part) {
        return part.value ? _t("No part is more than 100") : _t("No part is less than 0");
    }

    /** "3 times, last 2 days ago, half-life 30 days; 24 limited to 15" */
    details(line) {
        if (line.kind !== "touchpoint") {
            return "";
        }
        const words = [line.count === 1 ? _t("once") : _t("%s times", formatInteger(line.count))];
        words.push(this.age(line));
        if (line.half_life_days) {
            const days = line.half_life_days;
            words.push(days === 1 ? _t("half-life 1 day") : _t("half-life %s days", days));
        }
        if (line.before_cap !== null) {
            words.push(
                _t("%(points)s limited to %(limit)s", {
                    points: line.before_cap,
                    limit: line.max_points,
                })
            );
        }
        return words.join(", ");
    }

    age({ age_days: days }) {
        if (days < 2) {
            return days === 1 ? _t("last yesterday") : _t("last today");
        }
        return _t("last %s days ago", formatInteger(days));
    }

    async open(line) {
        const { resModel, resId } = this.props;
        const args = [[resId], line.rule_id];
        const action = await this.orm.call(resModel, "action_open_score_line", args);
        this.props.close();
        return this.action.doAction(action);
    }
}
