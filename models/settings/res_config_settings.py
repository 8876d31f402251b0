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
    qualification_stale_days = fields.Integer(
        related="company_id.qualification_stale_days", readonly=False
    )
    handover_hours = fields.Float(related="company_id.handover_hours", readonly=False)
    handover_working_time = fields.Boolean(
        related="company_id.handover_working_time", readonly=False
    )
    affinity_level = fields.Selection(
        related="company_id.affinity_level", readonly=False, required=True
    )
    affinity_months = fields.Integer(related="company_id.affinity_months", readonly=False)
    affinity_min_customers = fields.Integer(
        related="company_id.affinity_min_customers", readonly=False
    )
    affinity_min_share = fields.Float(related="company_id.affinity_min_share", readonly=False)
    affinity_min_lift = fields.Float(related="company_id.affinity_min_lift", readonly=False)
    affinity_date = fields.Date(related="company_id.affinity_date")
