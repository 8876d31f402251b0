from odoo import models


class CrmSuspectImport(models.Model):
    """Nobody whose address was erased is imported again."""

    _inherit = "crm.suspect.import"

    def _no_contact_sources(self):
        """Count erased addresses as a no-contact list."""
        return [
            *super()._no_contact_sources(),
            ("erased_email", "crm.privacy.suppression", "email", "fingerprint"),
            ("erased_phone", "crm.privacy.suppression", "phone", "fingerprint"),
        ]

    def _find_records(self, model, column, values, *, active_only):
        """Look erased addresses up by their fingerprints."""
        if model == "crm.privacy.suppression":
            return self.env[model].sudo()._known(values)
        return super()._find_records(model, column, values, active_only=active_only)
