import csv
import io

from odoo import api, models

COLUMNS = (
    "name",
    "type",
    "source",
    "received_at",
    "deadline",
    "extended_at",
    "state",
    "verified_by",
    "closed_at",
    "deadline_text",
    "company_id",
)


class CrmPrivacyRequest(models.Model):
    """The register of requests: what was asked and when it was answered, without the persons."""

    _inherit = "crm.privacy.request"

    @api.model
    def _register_csv(self):
        """Give the requests that the user may see as a CSV that spreadsheets read."""
        requests = self.search([("company_id", "in", self.env.companies.ids)], order="id")
        fields = [self._fields[name] for name in COLUMNS]
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";")
        writer.writerow([field._description_string(self.env) for field in fields])
        for request in requests:
            writer.writerow(
                [field.convert_to_export(request[field.name], request) for field in fields]
            )
        return "\ufeff" + text.getvalue()
