import base64

from ..common import LifecycleCase

HEADER = ["Société", "Nom", "Prénom", "Courriel", "Téléphone", "CP", "Ville", "Pays", "Remarques"]
BATCH = "ROWS_PER_BATCH"


def as_csv(*rows):
    """Give the bytes of a French CSV file."""
    return "\r\n".join(";".join(row) for row in rows).encode("cp1252")


class SuspectImportCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.fr")
        cls.source = cls.env["utm.source"].create({"name": "Chamber of trades"})

    def _import(self, data, user=None, **values):
        return (
            self.env["crm.suspect.import"]
            .with_user(user or self.marketing)
            .create(
                {
                    "file": base64.b64encode(data),
                    "filename": "Bakers.csv",
                    "source_id": self.source.id,
                    "legal_basis": "legitimate_interest",
                    "collection_date": "2026-01-01",
                    **values,
                }
            )
        )

    def _people(self, *emails, **values):
        """Import a list of these addresses, as far as the preview."""
        record = self._import(as_csv(["E-mail"], *([email] for email in emails)), **values)
        record.action_preview()
        return record

    def _outcomes(self, record):
        return {line.number: line.outcome for line in record.line_ids}

    def _reasons(self, record):
        return {line.email or line.name: line.reason_text for line in record.line_ids}
