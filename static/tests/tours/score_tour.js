import { registry } from "@web/core/registry";

/** A salesperson asks why a lead is hot, follows a line of the receipt, and sees who else is hot. */
registry.category("web_tour.tours").add("crm_lifecycle_score_receipt", {
    url: "/odoo/hot",
    steps: () => [
        {
            content: "The hot leads, the best first",
            trigger: ".o_data_row:contains(Hot bakery) .o_data_cell[name=score]:contains(80)",
        },
        {
            content: "Open the lead",
            trigger: ".o_data_row:contains(Hot bakery) .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "Its line says the score in a word and a number",
            trigger: ".o_crm_summary_part[data-part=score] .o_crm_score_badge[data-temperature=hot]:contains(Hot)",
        },
        { trigger: ".o_crm_summary_part[data-part=score] .o_crm_score_value:contains(80)" },
        { content: "Why?", trigger: ".o_crm_score_why", run: "click" },
        {
            content: "The receipt is read",
            trigger: ".o_crm_score_receipt .o_crm_score_total:contains(80)",
        },
        {
            content: "The shares of its parts add up to the score",
            trigger: ".o_crm_score_receipt .o_crm_score_part[data-part=engagement]",
            run() {
                const number = (node) => parseInt(node.textContent.replace(/\D/g, ""));
                const shares = [...document.querySelectorAll(".o_crm_score_share")].map(number);
                const total = number(document.querySelector(".o_crm_score_total"));
                const sum = shares.reduce((one, other) => one + other, 0);
                if (sum !== total) {
                    throw new Error(`The parts add up to ${sum}, the score is ${total}`);
                }
            },
        },
        {
            content: "A line says how many clicks, how old and what is left of them",
            trigger:
                ".o_crm_score_line_button:contains(Clicked in the tour):contains(2 times):contains(half-life 30 days)",
            run: "click",
        },
        {
            content: "It opens its touchpoints",
            trigger: ".o_last_breadcrumb_item:contains(Clicked in the tour)",
        },
        { trigger: ".o_list_view .o_data_row:nth-child(2)" },
        { content: "Go back", trigger: ".o_back_button, .o_breadcrumb .breadcrumb-item:last-child a", run: "click" },
        { trigger: ".o_crm_summary_part[data-part=score] .o_crm_score_value:contains(80)" },
    ],
});

/** A manager sees what a rule would change before saving it. */
registry.category("web_tour.tours").add("crm_lifecycle_score_preview", {
    url: "/odoo/score-rules",
    steps: () => [
        {
            content: "Open the rule",
            trigger: ".o_data_row:contains(In the town of the tour) .o_data_cell[name=name]",
            run: "click",
        },
        { trigger: ".o_field_widget[name=points] input", run: "edit 10" },
        { content: "Preview", trigger: ".o_crm_score_preview_button", run: "click" },
        {
            content: "The hot lead would be warm",
            trigger: ".o_crm_score_preview tr[data-temperature=hot] .o_crm_score_after:contains(0)",
        },
        { trigger: ".o_crm_score_preview li:contains(1):contains(Hot):contains(Warm)" },
        {
            content: "The count shows who it is, without leaving the form",
            trigger: ".o_crm_score_preview tr[data-temperature=warm] .o_crm_score_after:contains(1)",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row:contains(Hot bakery)",
        },
        { trigger: ".modal .btn-close", run: "click" },
        { content: "Leave it", trigger: "body:not(:has(.modal)) .o_form_button_cancel", run: "click" },
        { trigger: ".o_form_saved, .o_form_readonly, .o_form_view:not(:has(.o_form_button_save:visible))" },
    ],
});
