import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_lifecycle_nurture_why", {
    steps: () => [
        { content: "Who is left out", trigger: ".o_crm_nurture_who:contains(3 leads)" },
        { trigger: ".o_crm_nurture_who [data-group=out]:contains(1 left out)", run: "click" },
        {
            content: "The rule opens its people",
            trigger:
                "[name=line_ids] .o_data_row:contains(reached the goal) button[name=action_open_people]",
            run: "click",
        },
        {
            trigger:
                ".o_list_view:not(:has(.o_data_row:nth-child(2))) .o_data_row:contains(Oven 0)",
        },
        { content: "Back", trigger: ".breadcrumb-item:contains(of the tour)", run: "click" },
        { content: "Why is somebody here?", trigger: "button[name=action_why]", run: "click" },
        { trigger: ".modal [name=lead_id] input", run: "edit Oven 1" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Oven 1)", run: "click" },
        { trigger: ".modal [name=text]:contains(Waits at “think” until)" },
        { content: "And somebody else?", trigger: ".modal [name=lead_id] input", run: "edit Oven 0" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Oven 0)", run: "click" },
        { trigger: ".modal [name=text]:contains(Has reached the goal)" },
        { trigger: ".modal-footer button:contains(Close)", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
