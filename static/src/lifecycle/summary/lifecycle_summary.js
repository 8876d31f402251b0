import { Component, useEffect, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * What the concepts show in the line under the title of a form: by its name, a component that gets
 * the `record` and the `part` of the summary, and `isShown(part, record)`, where it may be shown
 * without a part.
 */
export const summaryParts = registry.category("crm_lifecycle.summary");

/**
 * One line with what there is to know of a lead or contact at a glance. It is asked for beside the
 * form, which does not wait for it; its place is kept free.
 */
export class LifecycleSummary extends Component {
    static template = "crm_lifecycle.LifecycleSummary";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ resId: false, summary: {} });
        // each load and each save of the record give it new data
        useEffect(
            () => {
                this.load();
            },
            () => [this.props.record.resId, this.props.record.data]
        );
    }

    async load() {
        const { resModel, resId } = this.props.record;
        const summary = resId
            ? await this.keepLast.add(
                  this.orm.silent.call(resModel, "get_lifecycle_summary", [[resId]])
              )
            : {};
        Object.assign(this.state, { resId, summary });
    }

    /** Nothing while the line still is that of another record. */
    get parts() {
        const { record } = this.props;
        const { resId, summary } = this.state;
        if (resId !== record.resId) {
            return [];
        }
        return summaryParts
            .getEntries()
            .map(([key, { component, isShown = Boolean }]) => ({
                key,
                component,
                part: summary[key],
                shown: isShown(summary[key], record),
            }))
            .filter(({ shown }) => shown);
    }
}

registry.category("view_widgets").add("lifecycle_summary", { component: LifecycleSummary });
