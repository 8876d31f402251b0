import { Component } from "@odoo/owl";

import { colorStyle } from "./colors";

/** The name of a segment on its colour, the same on every screen. */
export class SegmentBadge extends Component {
    static template = "crm_lifecycle.SegmentBadge";
    static props = {
        segment: { type: Object, shape: { name: String, color: [String, Boolean], "*": true } },
        title: { type: String, optional: true },
    };

    get style() {
        return colorStyle(this.props.segment.color);
    }
}
