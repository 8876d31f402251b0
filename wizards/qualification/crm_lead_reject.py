from odoo import api, fields, models


class CrmLeadReject(models.TransientModel):
    """Rejects leads that marketing has handed over, with a reason that says what becomes of them.

    Several leads may be rejected at once, for the same reason.
    """

    _name = "crm.lead.reject"
    _description = "Reject Leads"

    lead_ids = fields.Many2many(
        "crm.lead", default=lambda self: self.env.context.get("active_ids", [])
    )
    lead_count = fields.Integer("Leads", compute="_compute_lead_count")
    reason_id = fields.Many2one(
        "crm.lost.reason", required=True, domain=[("rejection_outcome", "!=", False)]
    )
    outcome = fields.Selection(related="reason_id.rejection_outcome")
    note = fields.Char(help="What marketing should know, for the next time.")

    @api.depends("lead_ids")
    def _compute_lead_count(self):
        for wizard in self:
            wizard.lead_count = len(wizard.lead_ids)

    def action_reject(self):
        """Reject the leads."""
        self.ensure_one()
        self.lead_ids.action_reject_lead(self.reason_id, note=self.note)
        return {"type": "ir.actions.act_window_close"}
