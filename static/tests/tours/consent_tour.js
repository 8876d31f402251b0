import { registry } from "@web/core/registry";

/** Somebody says yes on the phone: it is noted with its proof, and the line says so. */
registry.category("web_tour.tours").add("crm_lifecycle_note_a_consent", {
    steps: () => [
        {
            content: "The line says no by e-mail",
            trigger: ".o_crm_privacy_channel[data-channel='email'] .text-danger",
        },
        {
            content: "Ask why",
            trigger: ".o_crm_privacy_why",
            run: "click",
        },
        {
            content: "Each purpose has its ground",
            trigger: ".o_crm_privacy_grounds td:contains('consent is needed')",
        },
        {
            content: "Note what the person said",
            trigger: ".o_crm_privacy_note",
            run: "click",
        },
        {
            content: "The wording is there to read out",
            trigger: ".modal div[name='wording_text']:contains('newsletter')",
        },
        {
            content: "Say where the proof is",
            trigger: ".modal div[name='note'] input",
            run: "edit Call of this morning",
        },
        {
            content: "Note it",
            trigger: ".modal button[name='action_record']",
            run: "click",
        },
        {
            content: "The line says yes",
            trigger: ".o_crm_privacy_channel[data-channel='email'] .text-success",
        },
        {
            content: "Open all they said",
            trigger: ".o_crm_privacy_why",
            run: "click",
        },
        {
            trigger: ".o_crm_privacy_all",
            run: "click",
        },
        {
            content: "Open the answer",
            trigger: ".o_data_row:contains('Newsletter') td[name='event']",
            run: "click",
        },
        {
            content: "It can be printed, and not changed",
            trigger: ".o_form_view:not(:has(.o_form_button_save)) button:contains('Proof Sheet')",
        },
    ],
});
