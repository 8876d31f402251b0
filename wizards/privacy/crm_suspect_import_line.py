from odoo import models


class CrmSuspectImportLine(models.Model):
    """A row with an erased address says so, without telling more."""

    _inherit = "crm.suspect.import.line"

    def _reason_texts(self):
        """Add the words for erased addresses."""
        return {
            **super()._reason_texts(),
            "erased_email": self.env._("The person with this e-mail address asked to be erased"),
            "erased_phone": self.env._("The person with this phone number asked to be erased"),
        }
