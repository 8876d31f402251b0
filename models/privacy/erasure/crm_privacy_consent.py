from odoo import api, models

from ..consent.crm_privacy_consent_state import Ground
from ..consent.decision import ORDERED


class CrmPrivacyConsent(models.Model):
    """Nobody writes to an address that was erased, until the officer lifts it.

    What a contract or the law orders to send still leaves: who comes back and orders something
    gets the confirmation.
    """

    _inherit = "crm.privacy.consent"

    @api.model
    def _grounds(self, records, purpose, channel):
        """Refuse the addresses that were erased, whatever else may allow them."""
        grounds = super()._grounds(records, purpose, channel)
        if not grounds or (purpose and purpose.legal_basis in ORDERED):
            return grounds
        erased = self.env["crm.privacy.suppression"].sudo()._suppressed_ids(records)
        if erased:
            text = self._plain_sentences()["erased"]
            grounds |= {key: Ground(False, "erased", text) for key in erased & grounds.keys()}
        return grounds

    def _plain_sentences(self):
        """Add the sentence about erased addresses."""
        return {
            **super()._plain_sentences(),
            "erased": self.env._("This address was erased, and nobody has lifted that yet."),
        }
