from odoo import models


class CrmLead(models.Model):
    """A lead whose address was erased before is recognised."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.privacy.returning.mixin"]
