import { registry } from "@web/core/registry";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";

/** A budget that nobody has said is empty, not zero. */
export class QualificationAmountField extends MonetaryField {
    static template = "crm_lifecycle.QualificationAmountField";
    static props = { ...MonetaryField.props, placeholder: { type: String, optional: true } };

    get formattedValue() {
        return this.value ? super.formattedValue : "";
    }

    /** It comes with the first digit. */
    get currency() {
        return this.value || this.state?.value ? super.currency : null;
    }
}

registry.category("fields").add("qualification_amount", {
    ...monetaryField,
    component: QualificationAmountField,
    supportedTypes: ["monetary"],
    isEmpty: (record, fieldName) => !record.data[fieldName],
    extractProps: (fieldInfo) => ({
        ...monetaryField.extractProps(fieldInfo),
        placeholder: fieldInfo.placeholder,
    }),
});
