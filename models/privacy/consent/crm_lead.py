from odoo import models


class CrmLead(models.Model):
    """The person of a lead has rights over the data; see `crm.privacy.mixin`."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.privacy.mixin"]
