from odoo import models


class ResUsers(models.Model):
    """A deleted user leaves the contacts with persons that it has logged."""

    _name = "res.users"
    _inherit = ["res.users", "crm.touchpoint.named.mixin"]
    _touchpoint_link = "user_id"
