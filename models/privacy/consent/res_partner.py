from odoo import models


class ResPartner(models.Model):
    """Contacts have rights over their data; see `crm.privacy.mixin`."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.privacy.mixin"]
