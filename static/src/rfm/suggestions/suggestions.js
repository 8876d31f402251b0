import { Component, useEffect, useState } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { useService } from "@web/core/utils/hooks";

/**
 * The products that go with what a customer owns, each with its reason, on the form of a contact,
 * lead or quotation. They are asked for when the page is opened, not with the form.
 */
export class ProductSuggestions extends Component {
    static template = "crm_lifecycle.ProductSuggestions";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ items: null, failed: false, busy: false });
        useEffect(
            () => {
                this.load();
            },
            () => [this.key]
        );
    }

    get record() {
        return this.props.record;
    }

    get isQuotation() {
        return this.record.resModel === "sale.order";
    }

    /** Products on the quotation that may not be saved yet. */
    get productIds() {
        const lines = this.isQuotation ? this.record.data.order_line.records : [];
        return lines.map((line) => line.data.product_id?.id).filter(Boolean);
    }

    /** Another customer or other products: other suggestions. */
    get key() {
        const { resId, data } = this.record;
        return [resId, data.partner_id?.id, ...this.productIds].join();
    }

    async load() {
        if (!this.record.resId) {
            return;
        }
        this.state.failed = false;
        try {
            this.state.items = await this.keepLast.add(
                this.orm.silent.call(this.record.resModel, "get_suggestions", [this.record.resId], {
                    product_ids: this.productIds,
                })
            );
        } catch (error) {
            this.state.failed = true;
            this.state.items = [];
            throw error;
        }
    }

    /** Put the product on the quotation, or on a new one. What is on the form is saved before. */
    async take(item) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            if (!(await this.record.save())) {
                return;
            }
            const action = await this.orm.call(this.record.resModel, "action_take_suggestion", [
                [this.record.resId],
                item.id,
            ]);
            if (action) {
                await this.action.doAction(action);
            } else {
                await this.record.load();
            }
        } finally {
            this.state.busy = false;
        }
    }

    async openCustomers(item) {
        this.action.doAction(
            await this.orm.call("crm.product.affinity", "action_open_customers", [
                [item.affinity_id],
            ])
        );
    }

    openProduct(item) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "product.product",
            res_id: item.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("product_suggestions", {
    component: ProductSuggestions,
});
