from odoo import models


class UtmCampaign(models.Model):
    """A deleted campaign leaves the contacts with persons where they are."""

    _name = "utm.campaign"
    _inherit = ["utm.campaign", "crm.touchpoint.named.mixin"]
    _touchpoint_link = "campaign_id"
