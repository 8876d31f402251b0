import { Component } from "@odoo/owl";

/** What can be done with a group of customers: one button for each action of the server. */
export class TargetBar extends Component {
    static template = "crm_lifecycle.TargetBar";
    static props = { actions: Array, onAction: Function };
}
