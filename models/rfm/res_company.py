from odoo import api, models


class ResCompany(models.Model):
    """A new company gets its own RFM policy."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        """Create the default policies with the companies."""
        companies = super().create(vals_list)
        self.env["crm.rfm.policy"]._create_defaults(companies)
        return companies
