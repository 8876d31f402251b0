import { Component } from "@odoo/owl";

import { summaryParts } from "../lifecycle/summary/lifecycle_summary";
import { criteriaOf, label, summary } from "./answers";

/** "BANT 3 of 4, 80 (next: timeline)" on the form of a lead, with the verdict. */
export class QualificationSummary extends Component {
    static template = "crm_lifecycle.QualificationSummary";
    static props = { part: { optional: true }, record: Object };

    get data() {
        return this.props.record.data;
    }

    get line() {
        return summary(this.data);
    }

    get state() {
        return this.data.qualification_state || "open";
    }

    get verdict() {
        const { selection } = this.props.record.fields.qualification_state;
        return selection.find(([value]) => value === this.state)?.[1];
    }

    /** Why: every criterion with its answer. */
    get why() {
        const { fields } = this.props.record;
        return criteriaOf(this.data)
            .filter((name) => this.data[name])
            .map((name) => {
                const word = fields[name].selection.find(([value]) => value === this.data[name]);
                return `${label(this.data, name)}: ${word[1]}`;
            })
            .join("\n");
    }
}

summaryParts.add(
    "qualification",
    {
        component: QualificationSummary,
        isShown: (part, record) => "qualification_state" in record.data,
    },
    { sequence: 20 }
);
