from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of segments."""

    _inherit = "res.config.settings"

    purchase_months = fields.Integer(related="company_id.purchase_months", readonly=False)
