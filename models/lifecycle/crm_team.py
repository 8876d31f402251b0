from odoo import models
from odoo.fields import Domain


class CrmTeam(models.Model):
    """The automatic assignment of leads leaves suspects alone.

    It would make an opportunity of each person on a bought list.
    """

    _inherit = "crm.team"

    def _get_lead_to_assign_domain(self):
        domain = Domain(super()._get_lead_to_assign_domain())
        return domain & Domain("lifecycle_kind", "!=", "suspect")
