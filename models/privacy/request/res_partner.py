from odoo import models


class ResPartner(models.Model):
    """The button that hands a person's request over to the data protection officer."""

    _inherit = "res.partner"

    def action_privacy_request(self):
        """Open the dialog to enter what this person asks for."""
        self.ensure_one()
        return self.env["crm.privacy.request.entry"]._open(partner=self)
