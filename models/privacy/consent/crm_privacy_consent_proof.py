from odoo import models
from odoo.fields import Domain

from .crm_privacy_wording import fingerprint


class CrmPrivacyConsent(models.Model):
    """The proof of a consent on one sheet: who, what wording, when, how, where from."""

    _inherit = "crm.privacy.consent"

    def _proof_title(self):
        """Name the file of the sheet; without a name in it, for it may be mailed on."""
        return self.env._("Proof of consent")

    def _proof(self):
        """Give what the sheet shows beside the fields."""
        self.ensure_one()
        wording = self.wording_id.sudo().with_context(lang=self.wording_lang or "en_US")
        person = self.sudo().partner_id or self.sudo().lead_id
        return {
            "name": person.display_name,
            "text": wording.text,
            "unaltered": fingerprint(wording.text or "") == self.wording_fingerprint,
            "history": self._proof_history(),
        }

    def _proof_history(self):
        """Give all that the same person said about the same purpose and channel."""
        who = Domain.OR(
            Domain(name, "=", self[name].id if name.endswith("_id") else self[name])
            for name in ("partner_id", "lead_id", "email_normalized")
            if self[name]
        )
        what = Domain("purpose_id", "in", (self.purpose_id.id, False)) & Domain(
            "channel", "in", (self.channel, False)
        )
        return (self | self.search(who & what)).sorted(lambda word: (word.date, word.id))
