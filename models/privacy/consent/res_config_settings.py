from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of consents."""

    _inherit = "res.config.settings"

    privacy_purpose_id = fields.Many2one(
        related="company_id.privacy_purpose_id", readonly=False, check_company=False
    )
