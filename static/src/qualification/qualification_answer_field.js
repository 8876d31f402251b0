import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { AnswerPill } from "./answer_pill";
import { given, label } from "./answers";

/** A criterion on the form of a lead: it is saved at once, so that the verdict follows. */
export class QualificationAnswerField extends Component {
    static template = "crm_lifecycle.QualificationAnswerField";
    static components = { AnswerPill };
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
    }

    get pillProps() {
        const { name, record, readonly } = this.props;
        return {
            name,
            readonly,
            label: label(record.data, name) || record.fields[name].string,
            value: record.data[name],
            choices: record.fields[name].selection,
            given: given(record.data, name),
            onSelect: (value) => this.select(value),
            onConfirm: () => this.confirm(),
        };
    }

    select(value) {
        const { name, record } = this.props;
        return record.update({ [name]: value }, { save: !record.isNew });
    }

    async confirm() {
        const { name, record } = this.props;
        if (await record.save()) {
            await this.orm.call("crm.lead", "action_confirm_answers", [[record.resId], [name]]);
            await record.load();
        }
    }
}

registry.category("fields").add("qualification_answer", {
    component: QualificationAnswerField,
    supportedTypes: ["selection"],
    fieldDependencies: [{ name: "qualification_details", type: "json" }],
});
