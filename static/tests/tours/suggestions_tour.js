import { registry } from "@web/core/registry";

const LAST_OF = ".o_product_suggestions li:contains(Paper)";

/** What a salesperson does: ask what goes with a quotation, and put it on. */
registry.category("web_tour.tours").add("crm_lifecycle_suggestion_to_quotation", {
    steps: () => [
        {
            content: "Ask what goes with the printer",
            trigger: ".o_form_view .nav-link[name=suggestions]",
            run: "click",
        },
        {
            content: "The reason is told in words",
            trigger: `${LAST_OF} :contains(14 of 20 customers with Printer also bought it)`,
        },
        {
            content: "Add it",
            trigger: `${LAST_OF} .o_product_suggestions_take`,
            run: "click",
        },
        {
            content: "What is on the quotation is suggested no more",
            trigger: ".o_product_suggestions p:contains(Nothing to suggest)",
        },
        {
            content: "Look at the lines",
            trigger: ".o_form_view .nav-link[name=order_lines]",
            run: "click",
        },
        {
            content: "It is there",
            trigger: ".o_field_widget[name=order_line] .o_data_row:contains(Paper)",
        },
    ],
});
