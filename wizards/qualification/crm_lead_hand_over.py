from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmLeadHandOver(models.TransientModel):
    """Hands leads over to sales: to their own salesperson or team, or to another one.

    Leads that wait for an answer already are left out, and counted.
    """

    _name = "crm.lead.hand.over"
    _description = "Hand Leads over to Sales"

    lead_ids = fields.Many2many(
        "crm.lead", default=lambda self: self.env.context.get("active_ids", [])
    )
    team_id = fields.Many2one("crm.team", string="Sales Team")
    user_id = fields.Many2one("res.users", string="Salesperson", domain=[("share", "=", False)])
    lead_count = fields.Integer("To Hand over", compute="_compute_counts")
    waiting_count = fields.Integer("Waiting Already", compute="_compute_counts")
    nobody_count = fields.Integer("Nobody's", compute="_compute_counts")

    @api.depends("lead_ids", "team_id", "user_id")
    def _compute_counts(self):
        for wizard in self:
            leads = wizard.lead_ids - wizard.lead_ids._handover_waiting()
            nobodys = leads.filtered(lambda lead: not lead.user_id and not lead.team_id)
            wizard.lead_count = len(leads)
            wizard.waiting_count = len(wizard.lead_ids) - len(leads)
            wizard.nobody_count = 0 if wizard.team_id or wizard.user_id else len(nobodys)

    def action_hand_over(self):
        """Give the leads to the salesperson and team, where chosen, and hand them over."""
        self.ensure_one()
        leads = self.lead_ids - self.lead_ids._handover_waiting()
        if not leads:
            raise UserError(self.env._("These leads wait for an answer of sales already."))
        chosen = {"team_id": self.team_id.id, "user_id": self.user_id.id}
        chosen = {name: value for name, value in chosen.items() if value}
        if chosen:
            leads.write(chosen)
        leads.action_hand_over()
        return {"type": "ir.actions.act_window_close"}
