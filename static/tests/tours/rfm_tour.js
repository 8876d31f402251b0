import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

const MAP = ".o_crm_rfm_map";

function cell(name) {
    return `${MAP} .o_crm_rfm_cell[data-cell="${name}"]`;
}

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

/** The main job: the grid says who is who, and a cell of it gets a mailing. */
registry.category("web_tour.tours").add("crm_lifecycle_rfm_map", {
    url: "/odoo/rfm-map",
    steps: () => [
        {
            content: "Score the customers for the first time",
            trigger: `${MAP} .o_crm_rfm_first_refresh`,
            run: "click",
        },
        {
            content: "See what the refresh has written",
            trigger: ".o_crm_rfm_progress li[data-figure=added]:contains(3)",
        },
        { trigger: ".modal .o_crm_rfm_close", run: "click" },
        {
            content: "Two customers bought twice and a short while ago",
            trigger: `${cell("52")}:contains(2):contains(Potential Loyalists)`,
        },
        { content: "Edit the grid", trigger: `${MAP} .o_crm_rfm_edit`, run: "click" },
        {
            content: "Choose a segment to paint with",
            trigger: `${MAP} .o_crm_rfm_brush[data-segment=champions]`,
            run: "click",
        },
        { content: "Paint a cell", trigger: cell("52"), run: "click" },
        {
            content: "All cells are covered",
            trigger: `${MAP} .o_crm_rfm_covered:contains(25 of 25 cells covered, 1 changed)`,
        },
        { content: "Save", trigger: `${MAP} .o_crm_rfm_save:enabled`, run: "click" },
        {
            content: "The customers of the cell are champions now",
            trigger: `${MAP} [data-segment=champions] [data-figure=count]:contains(2)`,
        },
        {
            content: "Refresh: nothing has changed since",
            trigger: `${MAP} .o_crm_rfm_refresh:enabled`,
            run: "click",
        },
        { trigger: ".o_crm_rfm_progress li[data-figure=changed]:contains(0)" },
        { trigger: ".modal .o_crm_rfm_close", run: "click" },
        { trigger: `body:not(:has(.modal)) ${cell("52")}:contains(Champions)` },
        { content: "Open the customers of the cell", trigger: cell("52"), run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Good Customer)" },
        ...menu("menu_segments", "menu_rfm_map"),
        {
            content: "Choose two cells",
            trigger: `${MAP} .o_crm_rfm_select`,
            run: "click",
        },
        { trigger: `${MAP} .o_crm_rfm_selecting` },
        { trigger: cell("52"), run: "click" },
        { trigger: cell("51"), run: "click" },
        { trigger: `${MAP} .o_crm_rfm_marked:contains(2 cells, customers: 3)` },
        {
            content: "Make a mailing to them",
            trigger: `${MAP} .o_crm_rfm_marked [data-action=mailing]`,
            run: "click",
        },
        {
            content: "Give it a subject",
            trigger: ".o_form_view .o_field_widget[name=subject] input",
            run: "edit Thank you",
        },
        { trigger: ".o_form_button_save:enabled", run: "click" },
        { trigger: ".o_breadcrumb .o_last_breadcrumb_item:contains(Thank you)" },
        {
            content: "Back on the map, the choice of cells is over",
            trigger: ".o_breadcrumb a:contains(RFM Map)",
            run: "click",
        },
        { trigger: `${cell("52")}:contains(2)` },
        ...menu("menu_segments", "menu_rfm_moves"),
        { trigger: ".o_crm_rfm_matrix tr[data-from=champions] td[data-to=champions]:contains(2)" },
    ],
});

async function call(model, method, args) {
    const params = { model, method, args, kwargs: {} };
    return rpc(`/web/dataset/call_kw/${model}/${method}`, params);
}

async function deleteNamed(model, name) {
    const ids = await call(model, "search", [[["name", "=", name]]]);
    return call(model, "unlink", [ids]);
}

/** Somebody else deletes what is on the screen, and somebody clicks twice. */
registry.category("web_tour.tours").add("crm_lifecycle_rfm_map_of_many", {
    url: "/odoo/rfm-map",
    steps: () => [
        {
            content: "Choose a policy",
            trigger: `${MAP} .o_crm_rfm_policy_menu`,
            run: "click",
        },
        { trigger: ".o-dropdown--menu .dropdown-item:contains(Second policy)", run: "click" },
        {
            content: "Another administrator deletes it",
            trigger: `${MAP} .o_crm_rfm_policy_menu:contains(Second policy)`,
            run: () => deleteNamed("crm.rfm.policy", "Second policy"),
        },
        { content: "Open its customers", trigger: cell("52"), run: "click" },
        { trigger: ".o_notification:contains(The policy that was shown here is gone)" },
        {
            content: "The map of the other policy is there",
            trigger: `${MAP}:not(:has(.o_crm_rfm_policy_menu)) ${cell("52").replace(MAP, "")}`,
        },
        { content: "Edit the grid", trigger: `${MAP} .o_crm_rfm_edit`, run: "click" },
        { trigger: `${MAP} .o_crm_rfm_brush[data-segment=short_lived]`, run: "click" },
        { trigger: cell("52"), run: "click" },
        {
            content: "Another administrator deletes the segment",
            trigger: `${MAP} .o_crm_rfm_covered:contains(1 changed)`,
            run: () => deleteNamed("crm.rfm.segment", "Short-lived"),
        },
        { trigger: `${MAP} .o_crm_rfm_save:enabled`, run: "click" },
        { trigger: ".modal:contains(deleted in the meantime) .btn-primary", run: "click" },
        {
            content: "What was painted with it is painted no more",
            trigger: `${MAP}:not(:has([data-segment=short_lived])) .o_crm_rfm_covered:contains(0 changed)`,
        },
        { trigger: `${MAP} .o_crm_rfm_discard`, run: "click" },
        { trigger: `${MAP} .o_crm_rfm_select`, run: "click" },
        { trigger: cell("52"), run: "click" },
        {
            content: "Two clicks make one segment",
            trigger: `${MAP} .o_crm_rfm_marked [data-action=segment]`,
            run: "dblclick",
        },
        { trigger: ".o_form_view .o_field_widget[name=member_count]:contains(2)" },
    ],
});

/** Segments are seen in the colour that they have now. */
registry.category("web_tour.tours").add("crm_lifecycle_rfm_colors", {
    url: "/odoo/rfm-customers",
    steps: () => [
        {
            content: "The badge has the colour of the segment",
            trigger: ".o_data_row .o_crm_rfm_badge[style*='--rfm-color: #2e86c1']",
        },
        ...menu("menu_configuration", "menu_rfm_segments"),
        {
            content: "Open the segment",
            trigger: ".o_data_row:contains(Potential Loyalists) td[name=name]",
            run: "click",
        },
        {
            content: "Choose another colour",
            trigger: ".o_form_view .o_field_widget[name=color] input[type=color]:not(:visible)",
            run() {
                this.anchor.value = "#aa00aa";
                this.anchor.dispatchEvent(new Event("input", { bubbles: true }));
                this.anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        { trigger: ".o_form_button_save:enabled", run: "click" },
        { trigger: ".o_form_status_indicator_buttons.invisible:not(:visible)" },
        ...menu("menu_segments", "menu_rfm_scores"),
        { trigger: ".o_data_row .o_crm_rfm_badge[style*='--rfm-color: #aa00aa']" },
    ],
});
