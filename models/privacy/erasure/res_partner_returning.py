from odoo import models


class ResPartner(models.Model):
    """A contact whose address was erased before is recognised."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.privacy.returning.mixin"]
