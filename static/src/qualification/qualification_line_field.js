import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { criteriaOf, label, summary, toAsk } from "./answers";

/** "BANT 3 of 4, 80 (next: timeline)" beside the lifecycle of a lead, with the verdict. */
export class QualificationLineField extends Component {
    static template = "crm_lifecycle.QualificationLineField";
    static props = { ...standardFieldProps };

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

    get asked() {
        return toAsk(this.data);
    }
}

registry.category("fields").add("qualification_line", {
    component: QualificationLineField,
    supportedTypes: ["integer"],
    fieldDependencies: [
        { name: "qualification_state", type: "selection" },
        { name: "qualification_details", type: "json" },
    ],
});
