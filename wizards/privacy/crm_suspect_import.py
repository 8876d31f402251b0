from datetime import datetime, time

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmSuspectImport(models.Model):
    """A list of people who agreed to something brings their consents along.

    When?
        When its legal basis is consent and somebody says what they agreed to. The day is that
        of the collection, the proof is the one of the list.
    What if somebody on the list objected here?
        The objection came later, and counts. Who is on the exclusion list is not imported.
    """

    _inherit = "crm.suspect.import"

    consent_purpose_ids = fields.Many2many(
        "crm.privacy.purpose",
        string="They Agreed to",
        domain="[('is_profiling', '=', False), ('company_id', 'in', (False, company_id))]",
        help="What the people of this list agreed to, in writing. It is noted with each of them.",
    )

    @api.constrains("consent_purpose_ids", "legal_note", "legal_basis", "state")
    def _check_consent_proof(self):
        for record in self:
            claimed = record.legal_basis == "consent" and record.consent_purpose_ids
            if claimed and record.state == "running" and not record.legal_note:
                raise ValidationError(
                    self.env._(
                        "Say where the proof of these consents is kept: you must be able to"
                        " show it for each person."
                    )
                )

    def _note_source(self, records):
        """Note what the new people agreed to."""
        result = super()._note_source(records)
        purposes = self.consent_purpose_ids
        if self.legal_basis == "consent" and purposes and records:
            for purpose in purposes:
                self.env["crm.privacy.consent"]._record(
                    records._privacy_people(),
                    "granted",
                    purpose,
                    purpose.sudo()._channels(),
                    **self._consent_proof(),
                )
        return result

    def _consent_proof(self):
        """Give what proves the consents of the list."""
        return {
            "source": "import",
            "date": datetime.combine(self.collection_date, time()),
            "note": f"{self.name}: {self.legal_note or ''}",
            "user_id": self.run_by_id.id,
            "company_id": self.company_id.id,
            # what they read is with the list, and not the wording of today
            "wording_id": False,
            "wording_lang": False,
        }
