import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { formatAgo, formatMoment } from "./touchpoint_dates";

/** "Last contact: clicked, 2 days ago, Newsletter of May" on the form of a lead or contact. */
export class TouchpointLine extends Component {
    static template = "crm_lifecycle.TouchpointLine";
    static props = { ...standardFieldProps };

    get line() {
        return this.props.record.data[this.props.name];
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

registry.category("fields").add("touchpoint_line", {
    component: TouchpointLine,
    supportedTypes: ["json"],
});
