import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

/** "today", "yesterday", "2 days ago", in whole days of the reader. */
export function formatAgo(date) {
    const day = deserializeDateTime(date).startOf("day");
    const days = Math.round(DateTime.now().startOf("day").diff(day, "days").days);
    if (days < 2) {
        return days === 1 ? _t("yesterday") : _t("today");
    }
    return day.toRelative() || _t("%s days ago", days);
}

export function formatTime(date) {
    return deserializeDateTime(date).toLocaleString(DateTime.TIME_SIMPLE);
}

export function formatMoment(date) {
    return deserializeDateTime(date).toLocaleString(DateTime.DATETIME_MED);
}

/** The items of a timeline by day of the reader, in their order: [{key, label, items}]. */
export function groupByDay(items) {
    const days = [];
    for (const item of items) {
        const day = deserializeDateTime(item.date);
        const key = day.toISODate();
        if (days.at(-1)?.key !== key) {
            days.push({ key, label: day.toLocaleString(DateTime.DATE_HUGE), items: [] });
        }
        days.at(-1).items.push(item);
    }
    return days;
}
