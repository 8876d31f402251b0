from odoo import models


class CrmLead(models.Model):
    """The button that hands a person's request over to the data protection officer."""

    _inherit = "crm.lead"

    def action_privacy_request(self):
        """Open the dialog to enter what this person asks for."""
        self.ensure_one()
        return self.env["crm.privacy.request.entry"]._open(lead=self)

    def _merge_dependences(self, opportunities):
        """Take over the requests of the merged leads."""
        requests = self.env["crm.privacy.request"].sudo()
        requests.search([("lead_id", "in", opportunities.ids)]).write({"lead_id": self.id})
        return super()._merge_dependences(opportunities)
