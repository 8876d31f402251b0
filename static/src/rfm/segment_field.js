import { Component, onWillStart, useState, xml } from "@odoo/owl";
import { rpcBus } from "@web/core/network/rpc";
import { UPDATE_METHODS } from "@web/core/orm_service";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { SegmentBadge } from "./segment_badge";

const SEGMENT_MODEL = "crm.rfm.segment";

/** The colours of all segments: one request for all the rows of a page. */
let colors = null;

async function loadColors(orm) {
    try {
        const segments = await orm.searchRead(SEGMENT_MODEL, [], ["color"]);
        return Object.fromEntries(segments.map(({ id, color }) => [id, color]));
    } catch (error) {
        colors = null; // the next page asks again
        throw error;
    }
}

/** Another colour is seen at once, not after the page was loaded again. */
rpcBus.addEventListener("RPC:RESPONSE", ({ detail: { data, error } }) => {
    const { model, method } = data.params || {};
    if (!error && model === SEGMENT_MODEL && UPDATE_METHODS.includes(method)) {
        colors = null;
    }
});

/** The segment of a customer as a badge in its colour. */
export class RfmSegmentField extends Component {
    static template = xml`<SegmentBadge t-if="segment" segment="segment"/>`;
    static components = { SegmentBadge };
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ colors: {} });
        const orm = useService("orm");
        onWillStart(async () => {
            colors ||= loadColors(orm);
            this.state.colors = await colors;
        });
    }

    get segment() {
        const value = this.props.record.data[this.props.name];
        return value && { name: value.display_name, color: this.state.colors[value.id] || false };
    }
}

registry.category("fields").add("rfm_segment", {
    component: RfmSegmentField,
    supportedTypes: ["many2one"],
});
