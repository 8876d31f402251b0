import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";

import { summaryParts } from "../../lifecycle/summary/lifecycle_summary";
import { formatAmount, formatCount } from "../figures";
import { SegmentBadge } from "../segment_badge";
import { RfmReasons } from "./rfm_reasons";

/** "Champions 5-5-4 (why?)  12 purchases, last 9 days ago, 18,420 €" on the form of a contact. */
export class RfmSummary extends Component {
    static template = "crm_lifecycle.RfmSummary";
    static components = { SegmentBadge };
    static props = { part: Object, record: Object };

    setup() {
        this.popover = usePopover(RfmReasons, {
            position: "bottom-start",
            popoverClass: "o_crm_rfm_popover",
        });
    }

    get summary() {
        return this.props.part;
    }

    /** "554" is read as "5-5-4". */
    get code() {
        return (this.summary.rfm || "").split("").join("-");
    }

    get figures() {
        const { frequency, monetary, currency_id } = this.summary;
        return frequency
            ? _t("%(purchases)s, last %(when)s, %(amount)s", {
                  purchases: this.purchases,
                  when: this.when,
                  amount: formatAmount(monetary, currency_id),
              })
            : _t("last purchase %s", this.when);
    }

    get purchases() {
        const { frequency } = this.summary;
        return frequency === 1 ? _t("1 purchase") : _t("%s purchases", formatCount(frequency));
    }

    get when() {
        const { days } = this.summary;
        if (days < 2) {
            return days === 1 ? _t("yesterday") : _t("today");
        }
        return _t("%s days ago", formatCount(days));
    }

    explain(ev) {
        this.popover.open(ev.currentTarget, { partnerId: this.props.record.resId });
    }
}

summaryParts.add("rfm", { component: RfmSummary }, { sequence: 30 });
