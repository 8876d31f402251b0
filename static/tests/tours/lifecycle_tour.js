import { registry } from "@web/core/registry";

const LIST = [
    "Société;E-mail;Ville",
    "Boulangerie du Tour;tour@example.com;Lyon",
    "Fournil du Tour;fournil@example.com;Bron",
    "Fournil du Tour, encore;FOURNIL@example.com;Bron",
].join("\n");

function menu(section, item) {
    return [
        {
            content: `Open the section ${section}`,
            trigger: `.o_menu_sections [data-menu-xmlid="crm_lifecycle.${section}"]`,
            run: "click",
        },
        {
            content: `Open the menu ${item}`,
            trigger: `.o-dropdown--menu [data-menu-xmlid="crm_lifecycle.${item}"]`,
            run: "click",
        },
    ];
}

function choose(field, text) {
    return [
        { trigger: `.o_field_widget[name=${field}] input`, run: `edit ${text}` },
        {
            trigger: `.o-autocomplete--dropdown-item:contains(${text})`,
            run: "click",
        },
    ];
}

/** The main job: a list comes in, a suspect shows interest, the funnel says so. */
registry.category("web_tour.tours").add("crm_lifecycle_suspect_to_funnel", {
    url: "/odoo/suspects",
    steps: () => [
        ...menu("menu_contacts", "menu_suspect_import"),
        {
            content: "Wait for the lists: the suspects have a button like theirs",
            trigger: ".o_breadcrumb:contains(Imported Lists)",
        },
        { content: "Import a list", trigger: ".o_list_button_add", run: "click" },
        {
            content: "Choose the file",
            trigger: ".o_field_widget[name=file] .o_select_file_button",
            run() {
                const list = new DataTransfer();
                list.items.add(new File([LIST], "boulangers.csv", { type: "text/csv" }));
                const input = document.querySelector(".o_field_widget[name=file] .o_input_file");
                input.files = list.files;
                input.dispatchEvent(new Event("change"));
            },
        },
        { trigger: ".o_field_widget[name=column_ids] .o_data_row:contains(tour@example.com)" },
        ...choose("source_id", "Tour of the bakers"),
        {
            content: "Say the legal basis",
            trigger: ".o_field_widget[name=legal_basis] input, .o_field_widget[name=legal_basis] select",
            run: "click",
        },
        { trigger: ".o_select_menu_item:contains(interest)", run: "click" },
        {
            content: "Say when it was collected",
            trigger: ".o_field_widget[name=collection_date] button, .o_field_widget[name=collection_date] input",
            run: "click",
        },
        { trigger: ".o_date_item_cell.o_today", run: "click" },
        { content: "Preview", trigger: "button[name=action_preview].btn-primary", run: "click" },
        {
            content: "Two are new, one is in the file twice",
            trigger: ".o_field_widget[name=new_count]:contains(2)",
        },
        { trigger: ".o_field_widget[name=duplicate_count]:contains(1)" },
        { content: "Import", trigger: "button[name=action_run].btn-primary", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current[data-value=done]" },
        ...menu("menu_contacts", "menu_suspects"),
        { trigger: ".o_breadcrumb .o_last_breadcrumb_item:contains(Suspects)" },
        {
            content: "Choose the suspect that showed interest",
            trigger: ".o_data_row:contains(tour@example.com) .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Convert it",
            trigger: ".o_control_panel button:contains(Convert to Lead)",
            run: "click",
        },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        { trigger: ".o_list_view:not(:contains(tour@example.com)):contains(fournil@example.com)" },
        {
            content: "Look at the journey of the other one",
            trigger: ".o_data_row:contains(fournil@example.com) .o_data_cell[name=name]",
            run: "click",
        },
        { trigger: ".o_notebook .nav-link[name=journey]", run: "click" },
        { trigger: ".o_crm_lifecycle_journey .o_data_row:contains(Suspect)" },
        ...menu("menu_reporting", "menu_funnel"),
        {
            content: "The funnel has one more lead",
            trigger: ".o_crm_lifecycle_step[data-kind=lead] button[data-figure=entered]",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(Boulangerie du Tour)" },
    ],
});
