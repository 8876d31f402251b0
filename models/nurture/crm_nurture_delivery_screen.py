from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmNurtureDelivery(models.Model):
    """Deliveries are found by what became of them."""

    _inherit = "crm.nurture.delivery"

    result = fields.Selection(search="_search_result")
    sequence_id = fields.Many2one(related="enrollment_id.sequence_id")
    partner_id = fields.Many2one(related="enrollment_id.partner_id")
    lead_id = fields.Many2one(related="enrollment_id.lead_id")

    @api.depends("step_id", "enrollment_id")
    def _compute_display_name(self):
        for delivery in self:
            delivery.display_name = delivery.step_id.display_name

    @api.model
    def _search_result(self, operator, value):
        """Find them by what their traces tell."""
        if operator != "in":
            return NotImplemented
        self._flush_outcomes()
        found = SQL(
            "(SELECT d.id FROM %s WHERE %s IN %s)",
            self._outcome_joins_sql(),
            self._outcome_sql(),
            tuple(value) or (None,),
        )
        return Domain("id", "in", found)

    def action_open_person(self):
        """Open the lead or the contact."""
        return self.enrollment_id.action_open_person()
