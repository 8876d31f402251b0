from odoo import models

from .identity import same_name


class CrmLead(models.Model):
    """Whose lead it is: that of the contact it is linked to, or of somebody else it names."""

    _inherit = "crm.lead"

    def _privacy_of_others(self):
        """Give the leads that name another person, with another address, than their contact."""
        return self.filtered(
            lambda lead: (
                lead.contact_name
                and lead.partner_id
                and not same_name(lead.contact_name, lead.partner_id.name)
                and lead.email_normalized != lead.partner_id.email_normalized
            )
        )
