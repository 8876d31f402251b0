import { Component } from "@odoo/owl";
import { WithSearch } from "@web/search/with_search/with_search";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { REPORT_MODEL } from "./figures";

/**
 * A page of figures of the lifecycle report under Odoo's own search bar.
 *
 * A page says which component shows the figures (`static Figures`); this one gets the domain
 * of the search and what it remembered when it was left (`state`).
 */
export class FiguresAction extends Component {
    static template = "crm_lifecycle.FiguresAction";
    static components = { WithSearch };
    static props = { ...standardActionServiceProps };

    get figures() {
        return this.constructor.Figures;
    }

    get searchProps() {
        const { action, globalState } = this.props;
        return {
            resModel: REPORT_MODEL,
            searchViewId: action.params?.search_view_id || false,
            searchMenuTypes: ["filter", "favorite"],
            loadIrFilters: true,
            context: { ...action.context },
            ...(globalState ? { globalState } : {}),
        };
    }
}
