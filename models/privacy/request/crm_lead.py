from odoo import models


class CrmLead(models.Model):
    """The button that hands a person's request over to the data protection officer."""

    _inherit = "crm.lead"

    def action_privacy_request(self):
        """Open the dialog to enter what this person asks for."""
        self.ensure_one()
        return self.env["crm.privacy.request.entry"]._open(lead=self)
