from odoo import api, fields, models


class ResPartner(models.Model):
    """Contacts have rights over their data; see `crm.privacy.mixin`."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.privacy.mixin"]

    privacy_consent_ids = fields.One2many(
        "crm.privacy.consent",
        "partner_id",
        "Consents",
        groups="sales_team.group_sale_salesman,crm_lifecycle.group_privacy_officer",
    )

    @api.model
    def _profiling_domain(self):
        """Leave out who asked for a restriction, and who objected to profiling."""
        return super()._profiling_domain() & self._privacy_profiled_domain()

    def _privacy_people(self):
        return [{"partner_id": partner.id} for partner in self]
