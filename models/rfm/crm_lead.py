from odoo import models


class CrmLead(models.Model):
    """Leads get the suggestions of their contact."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.suggestion.mixin"]

    def _suggestion_quotation_action(self):
        """Let the quotation belong to the opportunity, as Odoo's own button does."""
        return self.action_new_quotation()
