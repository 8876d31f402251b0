from odoo import api, models
from odoo.tools import plaintext2html

from . import suspect_row


class ResPartner(models.Model):
    """A contact may come from a list of suspects, and then points to the proof of it."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.suspect.origin.mixin"]

    # To look up a whole list at once: without them each batch reads all contacts.
    _email_exact_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    _phone_exact_idx = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")

    @api.model
    def _suspect_import_common_values(self, suspect_import):
        """Give the values that all contacts of an import have."""
        return {
            "suspect_import_id": suspect_import.id,
            "lifecycle_stage_id": suspect_import.stage_id.id,
            "company_id": suspect_import.company_id.id,
            "user_id": suspect_import.user_id.id,
        }

    @api.model
    def _suspect_import_values(self, person, country):
        """Give the values of the contact of one person, see `suspect_row`."""
        contact = suspect_row.full_name(person)
        company = person.get("company")
        notes = suspect_row.notes(
            person,
            ("mobile",),
            country_known=bool(country),
            labels=self.env["crm.suspect.import.column"]._labels(),
        )
        return {
            "name": suspect_row.display_name(person),
            "is_company": bool(company and not contact),
            "company_name": company if contact else False,
            "email": person.get("email"),
            "phone": person.get("phone") or person.get("mobile"),
            "company_registry": person.get("siret"),
            "country_id": country.id,
            "comment": plaintext2html(notes) if notes else False,
            **suspect_row.postal_values(person, country.code or self.env.company.country_id.code),
        }

    def _lifecycle_attribution_values(self):
        """Take the source of the list: a contact has none of its own."""
        values = super()._lifecycle_attribution_values()
        suspect_import = self.sudo().suspect_import_id
        if suspect_import and not values.get("source_id"):
            values["source_id"] = suspect_import.source_id.id
            values["campaign_id"] = values.get("campaign_id") or suspect_import.campaign_id.id
        return values
