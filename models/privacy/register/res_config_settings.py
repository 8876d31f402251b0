from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The privacy block of the settings page."""

    _inherit = "res.config.settings"

    privacy_dpo_user_id = fields.Many2one(related="company_id.privacy_dpo_user_id", readonly=False)
    privacy_dpo_name = fields.Char(related="company_id.privacy_dpo_name", readonly=False)
    privacy_dpo_email = fields.Char(related="company_id.privacy_dpo_email", readonly=False)
    privacy_dpo_phone = fields.Char(related="company_id.privacy_dpo_phone", readonly=False)
    privacy_controller_contact = fields.Char(
        related="company_id.privacy_controller_contact", readonly=False
    )
    privacy_representative = fields.Char(
        related="company_id.privacy_representative", readonly=False
    )
    privacy_accounting_years = fields.Integer(
        related="company_id.privacy_accounting_years", readonly=False
    )
