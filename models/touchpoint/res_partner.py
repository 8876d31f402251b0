from odoo import fields, models

from .crm_touchpoint_mixin import GROUPS


class ResPartner(models.Model):
    """The contacts with a person; see `crm.touchpoint.mixin`."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.touchpoint.mixin"]

    touchpoint_ids = fields.One2many("crm.touchpoint", "partner_id", "Touchpoints", groups=GROUPS)

    def _touch_dependents(self):
        """Give the leads of these contacts: their first and last contact may be theirs."""
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        return leads.search([("partner_id", "in", self.ids)])
