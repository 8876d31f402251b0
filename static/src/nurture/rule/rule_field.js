import { registry } from "@web/core/registry";
import { DomainField, domainField } from "@web/views/fields/domain/domain_field";

/** A filter that finds nobody as long as it says nothing; Odoo's own would then find everybody. */
export class NurtureRuleField extends DomainField {
    static template = "crm_lifecycle.NurtureRuleField";
    static props = { ...DomainField.props, placeholder: { type: String, optional: true } };

    get isEmpty() {
        return this.saysNothing(this.props);
    }

    saysNothing(props) {
        return this.getDomain(props).trim() === "[]";
    }

    async checkProps(props = this.props) {
        if (!this.saysNothing(props)) {
            return super.checkProps(props);
        }
        this.updateState({ isValid: true, recordCount: 0 });
    }
}

export const nurtureRuleField = {
    ...domainField,
    component: NurtureRuleField,
    extractProps: (info, dynamicInfo) => ({
        ...domainField.extractProps(info, dynamicInfo),
        placeholder: info.placeholder || info.attrs.placeholder,
    }),
};

registry.category("fields").add("crm_nurture_rule", nurtureRuleField);
