import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** A visitor asks for something on the public form. */
tours.add("crm_lifecycle_privacy_visitor_asks", {
    url: "/privacy/request",
    steps: () => [
        { content: "Ask for a copy", trigger: "input#type_access", run: "click" },
        { content: "Enter the address", trigger: "input#email", run: "edit tour@person.example" },
        { content: "Say something", trigger: "textarea#details", run: "edit All that you have" },
        {
            content: "Send it",
            trigger: ".o_privacy_request button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "Look into the mailbox", trigger: "h1:contains(look into your mailbox)" },
    ],
});

/** The same visitor opens the mailed link, and confirms. */
tours.add("crm_lifecycle_privacy_visitor_confirms", {
    steps: () => [
        {
            content: "Nothing is confirmed by opening the page",
            trigger: ".o_privacy_confirm button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "It is confirmed", trigger: "h1:contains(Your request is confirmed)" },
    ],
});

/** What the officer does with every type: say who the person is, and approve. */
export function approveSteps() {
    return [
        {
            content: "Open the request",
            trigger: ".o_data_row .o_data_cell[name=name]",
            run: "click",
        },
        { content: "Its deadline is shown", trigger: ".o_form_view .o_crm_deadline:contains(due in)" },
        { content: "Who is it?", trigger: ".nav-link:contains(Identity)", run: "click" },
        {
            content: "The contact with this address was found",
            trigger: ".o_field_widget[name=identity_ids] .o_data_row:contains(Tour Person)",
        },
        {
            content: "These records are the person",
            trigger: "button[name=action_confirm_identity]",
            run: "click",
        },
        {
            content: "Approve",
            trigger: ".o_form_statusbar button[name=action_approve]",
            run: "click",
        },
    ];
}

/** The officer approves an access request and begins the copy. */
tours.add("crm_lifecycle_privacy_officer_answers", {
    url: "/odoo/privacy-requests",
    steps: () => [
        ...approveSteps(),
        { content: "Answer", trigger: ".o_form_statusbar button[name=action_run]", run: "click" },
        { content: "It is being made", trigger: ".alert:contains(is being made)" },
    ],
});

/** The copy is ready: the officer delivers it. */
tours.add("crm_lifecycle_privacy_officer_delivers", {
    url: "/odoo/privacy-requests",
    steps: () => [
        { trigger: ".o_data_row .o_data_cell[name=name]", run: "click" },
        {
            content: "Deliver the copy",
            trigger: ".o_form_statusbar button[name=action_deliver]",
            run: "click",
        },
        {
            content: "The request is done",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Done)",
        },
    ],
});
