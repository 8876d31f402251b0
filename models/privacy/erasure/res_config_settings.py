from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of erasures."""

    _inherit = "res.config.settings"

    privacy_second_person = fields.Boolean(
        related="company_id.privacy_second_person", readonly=False
    )
