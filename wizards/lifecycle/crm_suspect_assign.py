from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmSuspectAssign(models.TransientModel):
    """Shares suspects or leads out among salespeople, each getting the same number.

    Who has a salesperson already keeps them, unless `reassign` is set.
    """

    _name = "crm.suspect.assign"
    _description = "Assign Suspects"

    lead_ids = fields.Many2many(
        "crm.lead", default=lambda self: self.env.context.get("active_ids", [])
    )
    user_ids = fields.Many2many(
        "res.users", string="Salespeople", domain=[("share", "=", False)], required=True
    )
    team_id = fields.Many2one("crm.team", string="Sales Team")
    reassign = fields.Boolean("Also those who have a salesperson")
    lead_count = fields.Integer("To Assign", compute="_compute_counts")
    kept_count = fields.Integer("Kept", compute="_compute_counts")

    @api.depends("lead_ids", "reassign")
    def _compute_counts(self):
        for wizard in self:
            wizard.lead_count = len(wizard._leads_to_assign())
            wizard.kept_count = len(wizard.lead_ids) - wizard.lead_count

    def action_assign(self):
        """Assign in turn: the first lead to the first salesperson, the second to the second."""
        self.ensure_one()
        leads = self._leads_to_assign()
        if not leads:
            raise UserError(self.env._("There is nobody to assign: all have a salesperson."))
        users = self.user_ids
        team = {"team_id": self.team_id.id} if self.team_id else {}
        for position, user in enumerate(users):
            leads[position :: len(users)].write({"user_id": user.id, **team})
        return {"type": "ir.actions.act_window_close"}

    def _leads_to_assign(self):
        leads = self.lead_ids
        return leads if self.reassign else leads.filtered(lambda lead: not lead.user_id)
