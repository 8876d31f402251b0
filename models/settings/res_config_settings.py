from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings page of the customer lifecycle."""

    _inherit = "res.config.settings"

    lifecycle_lead_stage_id = fields.Many2one(
        related="company_id.lifecycle_lead_stage_id", readonly=False
    )
    lifecycle_former_months = fields.Integer(
        related="company_id.lifecycle_former_months", readonly=False
    )
