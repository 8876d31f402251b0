from odoo import api, fields, models

from . import scipy_guard


class ResConfigSettings(models.TransientModel):
    """What the settings page says of the customer value: how it went, or what to install."""

    _inherit = "res.config.settings"

    customer_value_available = fields.Boolean(compute="_compute_customer_value")
    customer_value_summary = fields.Text(compute="_compute_customer_value")

    @api.depends("company_id")
    def _compute_customer_value(self):
        for settings in self:
            policy = self.env["crm.rfm.policy"]._default_for(settings.company_id).sudo()
            settings.customer_value_available = scipy_guard.available()
            settings.customer_value_summary = policy.value_summary or ""

    def action_estimate_customer_value(self):
        """Estimate the customer value by the policy that the contacts of the company show."""
        return self.env["crm.rfm.policy"]._default_for(self.company_id).action_estimate_value()
