import { formatCurrency } from "@web/core/currency";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";

const { DateTime } = luxon;

export const POLICY_MODEL = "crm.rfm.policy";

export function formatCount(count) {
    return formatInteger(count);
}

/** An amount without cents: they say nothing about a hundred customers. */
export function formatAmount(amount, currencyId) {
    return formatCurrency(amount, currencyId, { digits: [16, 0] });
}

/** An amount for narrow places: "18k €". */
export function formatShortAmount(amount, currencyId) {
    const isLong = Math.abs(amount) >= 10000;
    const options = isLong ? { humanReadable: true } : {};
    return formatCurrency(amount, currencyId, { digits: [16, 0], ...options });
}

/** @param {number} share in percent */
export function formatShare(share) {
    return _t("%s %%", formatFloat(share, { digits: [16, 1] }));
}

/** @param {string} day as the server gives it */
export function formatDay(day) {
    return deserializeDate(day).toLocaleString(DateTime.DATE_MED);
}

/** What is said when the policy of a page was deleted, and the page shows another one. */
export function otherPolicyText({ name }) {
    return _t("The policy that was shown here is gone: these are the figures of “%s”.", name);
}

export function formatDayLong(day) {
    return deserializeDate(day).toLocaleString(DateTime.DATE_FULL);
}
