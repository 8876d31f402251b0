import { registry } from "@web/core/registry";

function add(place, kind) {
    return [
        {
            content: `Add a step of kind ${kind}`,
            trigger: `.o_crm_nurture_slot:nth-of-type(${place}) .o_crm_nurture_add`,
            run: "click",
        },
        { trigger: `.o_crm_nurture_kinds [data-kind=${kind}]`, run: "click" },
        { trigger: `.o_crm_nurture_panel .o_field_widget[name=kind]` },
    ];
}

function back(purpose) {
    return {
        content: `Back to the sequence: ${purpose}`,
        trigger: ".o_breadcrumb .breadcrumb-item:contains(Tour of the bakers) a",
        run: "click",
    };
}

registry.category("web_tour.tours").add("crm_lifecycle_nurture_sequence", {
    steps: () => [
        { content: "A new sequence", trigger: ".o-kanban-button-new", run: "click" },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Tour of the bakers",
        },
        { content: "Save it", trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_crm_nurture_problems:contains(no steps yet)" },
        ...add(1, "wait"),
        {
            content: "Wait two days",
            trigger: ".o_crm_nurture_panel .o_field_widget[name=wait_number] input",
            run: "edit 2",
        },
        ...add(3, "activity"),
        {
            content: "The wait was saved when we went on",
            trigger: ".o_crm_nurture_card[data-kind=wait]:contains(2 days)",
        },
        {
            content: "Say what the call is for",
            trigger: ".o_crm_nurture_panel .o_field_widget[name=activity_summary] input",
            run: "edit Offer a tasting",
        },
        { content: "Close the step", trigger: ".o_crm_nurture_close", run: "click" },
        { trigger: ".o_crm_nurture_card[data-kind=activity]:contains(Offer a tasting)" },
        { content: "Publish", trigger: "button[name=action_review]", run: "click" },
        { trigger: ".modal .alert-success:contains(Nothing wrong)" },
        { trigger: ".modal button[name=action_publish]", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current[data-value=running]" },
        { content: "Choose people", trigger: "button[name=action_enroll]", run: "click" },
        { trigger: ".o_searchview_input", run: "edit of the tour" },
        { trigger: ".o_searchview_autocomplete .o-dropdown-item:first", run: "click" },
        { trigger: ".o_list_view:not(:has(.o_data_row:nth-child(3))) .o_data_row:contains(of the tour)" },
        { trigger: ".o_list_view thead .o_list_record_selector input", run: "click" },
        { trigger: ".o_cp_action_menus .dropdown-toggle:contains(Actions)", run: "click" },
        { trigger: ".o-dropdown--menu .o_menu_item:contains(Add to a sequence)", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=sequence_id] input",
            run: "edit Tour of the bakers",
        },
        { trigger: ".o-autocomplete--dropdown-item:contains(Tour of the bakers)", run: "click" },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { trigger: ".o_notification:contains(2 came into)" },
        {
            content: "Back to the sequence",
            trigger: ".o_breadcrumb .breadcrumb-item:contains(Tour of the bakers) a",
            run: "click",
        },
        {
            content: "Two are at the wait: who?",
            trigger: ".o_crm_nurture_card[data-kind=wait] [data-figure=waiting]:contains(2)",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(Bakery 0 of the tour)" },
        back("the results"),
        { trigger: ".o_notebook_headers a[name=results]", run: "click" },
        {
            content: "Two are inside: who?",
            trigger: "[data-part=people] [data-figure=inside] button:contains(2)",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(Bakery 1 of the tour)" },
        back("the next version"),
        { trigger: ".o_notebook_headers a[name=steps]", run: "click" },
        { trigger: "button[name=action_edit]", run: "click" },
        { trigger: "button[name=action_discard_draft]" },
        { trigger: ".o_crm_nurture_card .o_crm_nurture_tools" },
        {
            content: "The figures are those of the version before",
            trigger: ".o_crm_nurture_bar select",
            run: "selectByLabel Version 1 (published)",
        },
        { trigger: ".o_crm_nurture_card[data-kind=wait] [data-figure=waiting]:contains(2)" },
    ],
});
