import { Component, markup, onMounted, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

import { formatDay } from "../figures";
import { SegmentBadge } from "../segment_badge";

/** Why a customer is in its segment; it is read when somebody asks. */
export class RfmReasons extends Component {
    static template = "crm_lifecycle.RfmReasons";
    static components = { SegmentBadge };
    static props = { partnerId: Number, close: Function };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ reasons: null });
        this.formatDay = formatDay;
        onMounted(() => this.load());
    }

    async load() {
        const args = [[this.props.partnerId]];
        const context = user.context;
        this.state.reasons = await this.orm.call("res.partner", "get_rfm_reasons", args, { context });
    }

    get reasons() {
        return this.state.reasons;
    }

    get advice() {
        return this.reasons.segment.advice && markup(this.reasons.segment.advice);
    }

    get cutsLabel() {
        const { date, cuts_date, policy } = this.reasons;
        const values = { policy: policy.name, date: formatDay(date) };
        return cuts_date
            ? _t("%(policy)s, figures of %(date)s, scores by the cuts of %(cuts)s", {
                  ...values,
                  cuts: formatDay(cuts_date),
              })
            : _t("%(policy)s, figures of %(date)s", values);
    }

    async openInvoices() {
        const args = [[this.props.partnerId]];
        const action = await this.orm.call("res.partner", "action_open_rfm_invoices", args);
        this.props.close();
        return this.action.doAction(action);
    }

    openMap() {
        this.props.close();
        return this.action.doAction("crm_lifecycle.crm_rfm_map_action");
    }
}
