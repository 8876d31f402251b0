import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { summaryParts } from "../lifecycle/summary/lifecycle_summary";
import { formatAgo, formatMoment } from "./touchpoint_dates";

/** "Last contact: clicked, 2 days ago, Newsletter of May" on the form of a lead or contact. */
export class TouchpointLine extends Component {
    static template = "crm_lifecycle.TouchpointLine";
    static props = { part: Object, record: Object };

    get line() {
        return this.props.part;
    }

    get text() {
        const { event, date, title, channel } = this.line;
        return [event.toLowerCase(), formatAgo(date), title || channel].join(", ");
    }

    get moment() {
        const { channel, date } = this.line;
        return `${channel}, ${formatMoment(date)}`;
    }

    /** What the person did last, where that is something else. */
    get answer() {
        const { answered, date } = this.line;
        if (!answered) {
            return _t("never answered");
        }
        return answered === date ? "" : _t("last answer %s", formatAgo(answered));
    }
}

summaryParts.add("touch", { component: TouchpointLine }, { sequence: 40 });
