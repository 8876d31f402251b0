import { serializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

/** The periods a reader can choose: name -> first day and last day, from a moment. */
const BOUNDS = {
    month: (now) => [now.startOf("month"), now],
    last_month: (now) => {
        const before = now.minus({ months: 1 });
        return [before.startOf("month"), before.endOf("month")];
    },
    quarter: (now) => [now.startOf("quarter"), now],
    year: (now) => [now.startOf("year"), now],
    last_year: (now) => {
        const before = now.minus({ years: 1 });
        return [before.startOf("year"), before.endOf("year")];
    },
    twelve_months: (now) => [now.minus({ months: 11 }).startOf("month"), now],
};

export function periodItems() {
    return [
        { id: "all", label: _t("All time") },
        { id: "month", label: _t("This month") },
        { id: "last_month", label: _t("Last month") },
        { id: "quarter", label: _t("This quarter") },
        { id: "year", label: _t("This year") },
        { id: "last_year", label: _t("Last year") },
        { id: "twelve_months", label: _t("Last 12 months") },
        { id: "custom", label: _t("From ... to ...") },
    ];
}

export function compareItems() {
    return [
        { id: "none", label: _t("No comparison") },
        { id: "before", label: _t("Period before") },
        { id: "year", label: _t("Same period a year ago") },
    ];
}

/**
 * Gives the days of a period.
 *
 * @param {{ id: string, from?: DateTime, to?: DateTime }} period
 * @param {DateTime} [now]
 * @returns {[DateTime, DateTime] | null} first and last day, or null for all time
 */
export function periodBounds({ id, from, to }, now = DateTime.now()) {
    if (id === "custom") {
        return from && to ? [from, to].sort((a, b) => a - b) : null;
    }
    return BOUNDS[id]?.(now) ?? null;
}

/**
 * Gives the days that a period is compared with. A period that begins with a month and
 * is not over is compared with as many days of the one before it.
 *
 * @param {[DateTime, DateTime] | null} bounds
 * @param {string} compare
 */
export function comparedBounds(bounds, compare) {
    if (!bounds || compare === "none") {
        return null;
    }
    const [first, last] = bounds;
    if (compare === "year") {
        return [first.minus({ years: 1 }), last.minus({ years: 1 })];
    }
    const whole = last.endOf("month").hasSame(last, "day") && first.day === 1;
    if (whole) {
        const months = Math.round(last.plus({ days: 1 }).diff(first, "months").months);
        return [first.minus({ months }), first.minus({ days: 1 })];
    }
    const days = Math.floor(last.startOf("day").diff(first.startOf("day"), "days").days) + 1;
    return [first.minus({ days }), first.minus({ days: 1 })];
}

/** @param {[DateTime, DateTime] | null} bounds */
export function boundsDomain(bounds) {
    if (!bounds) {
        return [];
    }
    const [first, last] = bounds;
    return [
        ["date", ">=", serializeDateTime(first.startOf("day"))],
        ["date", "<", serializeDateTime(last.startOf("day").plus({ days: 1 }))],
    ];
}

/** @param {[DateTime, DateTime]} bounds */
export function boundsLabel([first, last]) {
    const format = { ...DateTime.DATE_MED };
    return _t("compared with %(first)s to %(last)s", {
        first: first.toLocaleString(format),
        last: last.toLocaleString(format),
    });
}
