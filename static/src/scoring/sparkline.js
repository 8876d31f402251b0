import { Component } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

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

/** The scores of the last months. */
export class Sparkline extends Component {
    static template = "crm_lifecycle.ScoreSparkline";
    static props = { curve: Array };

    setup() {
        this.width = WIDTH;
        this.height = HEIGHT;
    }

    get changes() {
        return this.props.curve.map(({ date, score }) => ({
            time: deserializeDateTime(date).toMillis(),
            score,
        }));
    }

    get points() {
        return curvePoints(this.changes, DateTime.now().toMillis());
    }

    get title() {
        const { changes } = this;
        return _t("From %(first)s to %(last)s since %(day)s", {
            first: changes[0].score,
            last: changes.at(-1).score,
            day: DateTime.fromMillis(changes[0].time).toLocaleString(DateTime.DATE_MED),
        });
    }
}
