const GREY = [108, 117, 125];
const LIGHT = [255, 255, 255];
const DARK = [38, 42, 54];

/** @param {string} hex "#1e8449" gives [30, 132, 73]; what is no colour gives grey */
export function parseColor(hex) {
    const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex || "");
    return match ? match.slice(1).map((part) => parseInt(part, 16)) : GREY;
}

export function toHex(rgb) {
    return `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

/** How bright a colour is for the eye, from 0 to 1 (WCAG 2). */
export function luminance(rgb) {
    const [red, green, blue] = rgb.map((part) => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Black or white, whichever reads better: one of them always has a contrast of 4.5 or more. */
export function textOn(rgb) {
    return luminance(rgb) > 0.179 ? "#000000" : "#ffffff";
}

/** A page whose text is light is a dark one, whichever theme made it so. */
function isDarkPage() {
    const { color } = getComputedStyle(document.body);
    return luminance((color.match(/\d+/g) || []).slice(0, 3).map(Number)) > 0.5;
}

/**
 * The style of an area in the colour of a segment.
 *
 * @param {string} color
 * @param {number} [strength] 1 is the full colour, 0 the background of the page
 */
export function colorStyle(color, strength = 1) {
    const full = parseColor(color);
    const page = isDarkPage() ? DARK : LIGHT;
    const shown = full.map((part, index) => page[index] + strength * (part - page[index]));
    return [
        `--rfm-color: ${toHex(full)}`,
        `background-color: ${toHex(shown)}`,
        `color: ${textOn(shown)}`,
    ].join("; ");
}
