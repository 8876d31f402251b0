import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { IntegerField, integerField } from "@web/views/fields/integer/integer_field";

/** A chance in percent that is at least 1, so that 0 can stand for "not known". */
export class CustomerValueChance extends IntegerField {
    get formattedValue() {
        return this.value ? _t("%(share)s %", { share: this.value }) : _t("n/a");
    }
}

registry.category("fields").add("customer_value_chance", {
    ...integerField,
    component: CustomerValueChance,
});
