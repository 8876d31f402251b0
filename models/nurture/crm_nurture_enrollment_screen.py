from odoo import api, fields, models
from odoo.fields import Domain


class CrmNurtureEnrollment(models.Model):
    """What the screens show of somebody in a sequence.

    Who is it?
        `person` names the lead or the contact, whichever it is.
    Who may retry, and take people out?
        Who may change the sequence.
    """

    _inherit = "crm.nurture.enrollment"

    person = fields.Char(compute="_compute_person", search="_search_person")
    delivery_ids = fields.One2many("crm.nurture.delivery", "enrollment_id", "What Was Done")
    kind = fields.Selection(related="step_id.kind", string="Kind of Step")

    @api.depends("partner_id", "lead_id")
    def _compute_person(self):
        for enrollment in self:
            who = enrollment.lead_id or enrollment.partner_id
            enrollment.person = who.display_name

    @api.model
    def _search_person(self, operator, value):
        return Domain("lead_id", operator, value) | Domain("partner_id", operator, value)

    def action_open_person(self):
        """Open the lead or the contact."""
        self.ensure_one()
        who = self.lead_id or self.partner_id
        return {
            "type": "ir.actions.act_window",
            "res_model": who._name,
            "res_id": who.id,
            "views": [(False, "form")],
        }

    def action_why(self):
        """Say why the person is here, or is gone."""
        self.ensure_one()
        return self.env["crm.nurture.why"]._open(
            {
                "default_sequence_id": self.sequence_id.id,
                "default_lead_id": self.lead_id.id,
                "default_partner_id": self.partner_id.id,
            }
        )
