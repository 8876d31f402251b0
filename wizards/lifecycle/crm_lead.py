from odoo import api, models
from odoo.tools import plaintext2html

from . import suspect_row


class CrmLead(models.Model):
    """A lead may come from a list of suspects, and then points to the proof of it."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.suspect.origin.mixin"]

    # To look up a whole list at once; Odoo's own index serves the search for parts.
    _email_exact_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")

    def _merge_dependences(self, opportunities):
        """Keep the proof of where a merged lead comes from."""
        result = super()._merge_dependences(opportunities)
        merged = self.sudo()
        merged.suspect_import_id = (merged | opportunities.sudo()).suspect_import_id[:1]
        return result

    @api.model
    def _suspect_import_common_values(self, suspect_import):
        """Give the values that all leads of an import have."""
        # Odoo sends the addresses of new leads to a paid service: not those of suspects
        enriched = {"iap_enrich_done": True} if "iap_enrich_done" in self._fields else {}
        return {
            **enriched,
            "type": "lead",
            "suspect_import_id": suspect_import.id,
            "lifecycle_stage_id": suspect_import.stage_id.id,
            "source_id": suspect_import.source_id.id,
            "campaign_id": suspect_import.campaign_id.id,
            "company_id": suspect_import.company_id.id,
            "team_id": suspect_import.team_id.id,
            "user_id": suspect_import.user_id.id,
            "partner_id": False,
        }

    @api.model
    def _suspect_import_values(self, person, country):
        """Give the values of the lead of one person, see `suspect_row`."""
        contact = suspect_row.full_name(person)
        notes = suspect_row.notes(
            person,
            ("mobile", "siret"),
            country_known=bool(country),
            labels=self.env["crm.suspect.import.column"]._labels(),
        )
        return {
            "name": suspect_row.display_name(person),
            "contact_name": contact,
            "partner_name": person.get("company"),
            "email_from": person.get("email"),
            "phone": person.get("phone") or person.get("mobile"),
            "country_id": country.id,
            "description": plaintext2html(notes) if notes else False,
            **suspect_row.postal_values(person, country.code or self.env.company.country_id.code),
        }
