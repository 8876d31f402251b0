from odoo import api, fields, models

TARGETS = {"lead": "crm.lead", "partner": "res.partner"}
THRESHOLDS = ("junk_below", "warm_from", "hot_from")


class ResConfigSettings(models.TransientModel):
    """The thresholds of the scores, on the settings page.

    The three of a target are written together: one by one, the first would pass the others.
    """

    _inherit = "res.config.settings"

    score_lead_junk_below = fields.Integer("Junk Leads below")
    score_lead_warm_from = fields.Integer("Warm Leads from")
    score_lead_hot_from = fields.Integer("Hot Leads from")
    score_partner_junk_below = fields.Integer("Junk Contacts below")
    score_partner_warm_from = fields.Integer("Warm Contacts from")
    score_partner_hot_from = fields.Integer("Hot Contacts from")

    @api.model
    def get_values(self):
        """Show the thresholds of the two policies."""
        values = super().get_values()
        for key, target in TARGETS.items():
            policy = self.env["crm.score.policy"]._for(target)
            values |= {f"score_{key}_{name}": policy[name] for name in THRESHOLDS}
        return values

    def set_values(self):
        """Write the thresholds that have changed."""
        result = super().set_values()
        policies = self.env["crm.score.policy"]
        for key, target in TARGETS.items():
            policy = policies.search([("target", "=", target)])
            values = {name: self[f"score_{key}_{name}"] for name in THRESHOLDS}
            if any(policy[name] != value for name, value in values.items()):
                policy.write(values)
        return result
