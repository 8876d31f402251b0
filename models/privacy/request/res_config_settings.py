from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of the requests of persons."""

    _inherit = "res.config.settings"

    privacy_unverified_days = fields.Integer(
        related="company_id.privacy_unverified_days", readonly=False
    )
    privacy_archive_days = fields.Integer(related="company_id.privacy_archive_days", readonly=False)
    privacy_values_months = fields.Integer(
        related="company_id.privacy_values_months", readonly=False
    )
    privacy_authority = fields.Char(related="company_id.privacy_authority", readonly=False)
