import { Component, onMounted, useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

const { DateTime } = luxon;
const WIDTH = 120;
const HEIGHT = 24;

/** Steps of a score from 0 to 100 over time, as the points of a line. */
export function curvePoints(changes, now, width = WIDTH, height = HEIGHT) {
    const start = changes[0].time;
    const x = (time) => Math.round(((time - start) / Math.max(now - start, 1)) * width * 10) / 10;
    const y = (score) => Math.round((height - (score / 100) * height) * 10) / 10;
    const points = [];
    for (const [index, { time, score }] of changes.entries()) {
        if (index) {
            points.push([x(time), y(changes[index - 1].score)]);
        }
        points.push([x(time), y(score)]);
    }
    points.push([width, y(changes.at(-1).score)]);
    return points.map((point) => point.join(",")).join(" ");
}

/** The scores of the last months; they are read after the form is shown. */
export class Sparkline extends Component {
    static template = "crm_lifecycle.ScoreSparkline";
    static props = { resModel: String, resId: Number };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ changes: [] });
        this.width = WIDTH;
        this.height = HEIGHT;
        onMounted(() => this.load());
    }

    async load() {
        const { resModel, resId } = this.props;
        const rows = await this.orm.silent.call(resModel, "get_score_curve", [[resId]]);
        this.state.changes = rows.map(({ date, score }) => ({
            time: deserializeDateTime(date).toMillis(),
            score,
        }));
    }

    get points() {
        return curvePoints(this.state.changes, DateTime.now().toMillis());
    }

    /** One score is no curve. */
    get isShown() {
        return this.state.changes.length > 1;
    }

    get title() {
        const { changes } = this.state;
        return _t("From %(first)s to %(last)s since %(day)s", {
            first: changes[0].score,
            last: changes.at(-1).score,
            day: DateTime.fromMillis(changes[0].time).toLocaleString(DateTime.DATE_MED),
        });
    }
}
