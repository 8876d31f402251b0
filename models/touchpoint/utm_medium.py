from odoo import models


class UtmMedium(models.Model):
    """A deleted medium leaves the contacts with persons where they are."""

    _name = "utm.medium"
    _inherit = ["utm.medium", "crm.touchpoint.named.mixin"]
    _touchpoint_link = "medium_id"
