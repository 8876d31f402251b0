import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// Put together here, because the search after an erasure also reads the stored file of this code.
const ADDRESS = ["nadia", "person.example"].join("@");
const PERSON = ["Nadia", "Visitor"].join(" ");
const LEAVER_ADDRESS = ["noemie", "leaver.example"].join("@");
const LEAVER = ["Noemie", "Leaver"].join(" ");

/** A visitor asks for something on the public form. */
tours.add("crm_lifecycle_privacy_visitor_asks", {
    url: "/privacy/request",
    steps: () => [
        { content: "Ask for a copy", trigger: "input#type_access", run: "click" },
        { content: "Enter the address", trigger: "input#email", run: `edit ${ADDRESS}` },
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

/** What the officer does with every type: open the request, and say who the person is. */
function identifySteps(name = PERSON) {
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
            trigger: `.o_field_widget[name=identity_ids] .o_data_row:contains(${name})`,
        },
        {
            content: "These records are the person",
            trigger: "button[name=action_confirm_identity]",
            run: "click",
        },
    ];
}

/** The officer says who the person is, and approves. */
export function approveSteps() {
    return [
        ...identifySteps(),
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

/** A visitor asks to be erased. */
tours.add("crm_lifecycle_privacy_visitor_leaves", {
    url: "/privacy/request",
    steps: () => [
        { content: "Ask for erasure", trigger: "input#type_erasure", run: "click" },
        { content: "Enter the address", trigger: "input#email", run: `edit ${LEAVER_ADDRESS}` },
        {
            content: "Send it",
            trigger: ".o_privacy_request button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "Look into the mailbox", trigger: "h1:contains(look into your mailbox)" },
    ],
});

/** The officer makes the plan, looks what is behind a number, approves and erases. */
tours.add("crm_lifecycle_privacy_officer_erases", {
    url: "/odoo/privacy-requests",
    steps: () => [
        ...identifySteps(LEAVER),
        {
            content: "Make the plan",
            trigger: ".o_form_statusbar button[name=action_plan]:contains(Make the Plan)",
            run: "click",
        },
        {
            content: "The page says what comes next",
            trigger: "[name=next_step]:contains(approve it)",
        },
        { content: "Read the plan", trigger: ".nav-link:contains(Plan)", run: "click" },
        {
            content: "Look at a lead, for which an officer has no access",
            trigger: ".o_data_row:contains(Lead: Normalized Email) button[name=action_open_records]",
            run: "click",
        },
        {
            content: "The dialog shows what was found",
            trigger: `.modal [name=content]:contains(${LEAVER_ADDRESS})`,
        },
        { content: "Close it", trigger: ".modal .modal-footer button", run: "click" },
        {
            content: "Approve",
            trigger: "body:not(:has(.modal)) .o_form_statusbar button[name=action_approve]",
            run: "click",
        },
        {
            content: "Erase",
            trigger: ".o_form_statusbar button[name=action_run]:contains(Erase Now)",
            run: "click",
        },
        {
            content: "Yes, really",
            trigger: ".modal .modal-footer button:contains(Erase Now)",
            run: "click",
        },
        {
            content: "The places are done",
            trigger: ".o_widget_privacy_erasure_progress, [name=next_step]:contains(searched)",
        },
    ],
});

/** The search found nothing: the request is done, and its report can be printed. */
tours.add("crm_lifecycle_privacy_officer_reports", {
    url: "/odoo/privacy-erasures",
    steps: () => [
        { content: "Open the register entry", trigger: ".o_data_row .o_data_cell[name=name]", run: "click" },
        {
            content: "The report can be printed",
            trigger: ".o_form_statusbar button[name=action_print]",
        },
    ],
});
