import { _t } from "@web/core/l10n/translation";

/** From the best to the worst; a word and an icon, never colour alone. */
export const TEMPERATURES = ["hot", "warm", "cold", "junk"];

const ICONS = {
    hot: "fa-fire",
    warm: "fa-thermometer-half",
    cold: "fa-snowflake-o",
    junk: "fa-trash-o",
};

export function temperatureLabel(temperature) {
    return { hot: _t("Hot"), warm: _t("Warm"), cold: _t("Cold"), junk: _t("Junk") }[temperature];
}

export function temperatureIcon(temperature) {
    return ICONS[temperature];
}
