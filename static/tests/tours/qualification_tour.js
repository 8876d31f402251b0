import { registry } from "@web/core/registry";

/** Click the pill of a criterion, and choose an answer. */
function answer(criterion, value) {
    return [
        {
            content: `Open the answers to ${criterion}`,
            trigger: `.o_form_view [data-criterion=${criterion}] .o_crm_answer_pill`,
            run: "click",
        },
        {
            content: `Answer ${value}`,
            trigger: `.o_crm_answer_menu .o_crm_answer_choice[data-answer=${value}]`,
            run: "click",
        },
        {
            content: "It is saved, and the pill says so",
            trigger: `.o_form_view [data-criterion=${criterion}] .o_crm_answer_pill[data-answer=${value}]`,
        },
    ];
}

/** A lead that marketing hands over is accepted and qualified by hand, until it is a prospect. */
registry.category("web_tour.tours").add("crm_lifecycle_qualify_a_lead", {
    url: "/odoo/handed-over",
    steps: () => [
        {
            content: "Open the lead that waits for an answer",
            trigger: ".o_data_row:contains(Bakery of the tour) .o_data_cell[name=name]",
            run: "click",
        },
        { trigger: ".o_form_view .badge:contains(Waiting for sales)" },
        { content: "Accept it", trigger: "button[name=action_accept_lead]", run: "click" },
        { trigger: ".o_form_view:not(:has(button[name=action_accept_lead]))" },
        {
            content: "The first thing to ask is the budget",
            trigger: ".o_crm_questions:contains(Budget)",
        },
        { trigger: ".o_crm_qualification_line:contains(BANT 0 of 4):not(:contains(BANT 0 of 4,))" },
        {
            content: "An amount that nobody has said is empty",
            trigger: ".o_field_widget[name=bant_budget_amount]:not(:contains(0.00))",
        },
        ...answer("bant_budget", "confirmed"),
        { trigger: ".o_crm_qualification_line:contains(BANT 1 of 4, 30)" },
        ...answer("bant_need", "confirmed"),
        {
            content: "Write down what is needed",
            trigger: ".o_crm_qualification_criteria[name=bant] .o_field_widget[name=need_note] input",
            run: "edit Two ovens",
        },
        ...answer("bant_authority", "confirmed"),
        {
            content: "Three of four are enough",
            trigger: ".o_crm_verdict[data-verdict=qualified]",
        },
        { trigger: ".o_crm_qualification_line:contains(BANT 3 of 4, 80 (next: timeline))" },
        {
            content: "The lead has become a prospect",
            trigger: ".o_field_widget[name=lifecycle_stage_id] .o_arrow_button_current:contains(Prospect)",
        },
        {
            content: "The other framework knows the same answers",
            trigger: ".o_field_widget[name=qualification_framework] .btn:contains(CHAMP), .o_field_widget[name=qualification_framework] .o_selection_badge:contains(CHAMP)",
            run: "click",
        },
        { trigger: "[data-criterion=champ_money] .o_crm_answer_pill[data-answer=confirmed]" },
        {
            content: "Back to the first one",
            trigger: ".o_field_widget[name=qualification_framework] .btn:contains(BANT), .o_field_widget[name=qualification_framework] .o_selection_badge:contains(BANT)",
            run: "click",
        },
        { trigger: "[data-criterion=bant_budget] .o_crm_answer_pill[data-answer=confirmed]" },
        { content: "Save", trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))" },
    ],
});

/** Leads that were handed over are accepted or rejected on their cards, as on the phone. */
registry.category("web_tour.tours").add("crm_lifecycle_answer_on_cards", {
    url: "/odoo/handed-over",
    steps: () => [
        { content: "Show cards", trigger: ".o_switch_view.o_kanban", run: "click" },
        {
            content: "Accept the first one",
            trigger: ".o_kanban_record:contains(Bakery of the tour) button[name=action_accept_lead]",
            run: "click",
        },
        {
            content: "It is gone; reject the other one",
            trigger:
                ".o_kanban_view:not(:has(.o_kanban_record:contains(Bakery of the tour))) .o_kanban_record:contains(Bakery to reject) .o_crm_handover_button.btn-secondary",
            run: "click",
        },
        { trigger: ".modal .o_selection_badge:first, .modal .o_field_widget[name=reason_id] .btn:first", run: "click" },
        { trigger: ".modal button[name=action_reject]", run: "click" },
        { content: "Nothing waits any more", trigger: ".o_kanban_view:not(:has(.o_kanban_record:contains(Bakery)))" },
    ],
});
