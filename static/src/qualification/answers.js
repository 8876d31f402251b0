import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

/** The criteria of each framework, in their order. */
export const CRITERIA = {
    bant: ["bant_budget", "bant_authority", "bant_need", "bant_timeline"],
    champ: ["champ_challenges", "champ_authority", "champ_money", "champ_prioritization"],
};

/** How an answer looks: never by its colour alone. */
const LOOKS = {
    confirmed: "fa-check-circle",
    partial: "fa-adjust",
    no: "fa-times-circle",
    unknown: "fa-circle-o",
};

export function criteriaOf(data) {
    return CRITERIA[data.qualification_framework] || CRITERIA.bant;
}

/** "BANT" and "CHAMP" are the same in all languages. */
export function frameworkName(data) {
    return (data.qualification_framework || "bant").toUpperCase();
}

export function look(value) {
    return value || "unknown";
}

export function icon(value) {
    return LOOKS[look(value)];
}

/** When and by whom the present answer was given; undefined without one, or while it is unsaved. */
export function given(data, name) {
    const details = data.qualification_details;
    return data[name] ? details?.answers?.[name] : undefined;
}

export function label(data, name) {
    return data.qualification_details?.labels?.[name] || "";
}

export function age(answer) {
    const date = deserializeDateTime(answer.date);
    return Math.abs(date.diffNow("minutes").minutes) < 1 ? _t("just now") : date.toRelative();
}

export function answeredBy(answer) {
    const values = { when: age(answer), person: answer.by };
    return answer.by
        ? _t("answered %(when)s by %(person)s", values)
        : _t("answered %(when)s", values);
}

/** The criteria of the framework that are still to be asked, the old answers last. */
export function toAsk(data) {
    const names = criteriaOf(data);
    return [
        ...names.filter((name) => !data[name]),
        ...names.filter((name) => given(data, name)?.stale),
    ];
}

/** "BANT 3 of 4, 80 (next: timeline)"; without any answer there is no score. */
export function summary(data) {
    const names = criteriaOf(data);
    const values = {
        framework: frameworkName(data),
        known: names.filter((name) => data[name]).length,
        all: names.length,
        score: data.qualification_score,
    };
    if (!values.known) {
        return _t("%(framework)s %(known)s of %(all)s", values);
    }
    const [next] = toAsk(data);
    return next
        ? _t("%(framework)s %(known)s of %(all)s, %(score)s (next: %(next)s)", {
              ...values,
              next: label(data, next).toLowerCase(),
          })
        : _t("%(framework)s %(known)s of %(all)s, %(score)s", values);
}
