from odoo import models

from ....wizards.lifecycle import suspect_file

#: The columns of the table, in the order of the article.
COLUMNS = (
    "code",
    "name",
    "state",
    "role",
    "company_id",
    "user_id",
    "date_start",
    "date_end",
    "review_date",
    "controller_ids",
    "joint_controllers",
    "purpose",
    "legal_basis",
    "legal_note",
    "persons",
    "source",
    "data_ids",
    "recipient_ids",
    "security_measures",
    "is_profiling",
    "is_automated",
    "dpia_state",
    "dpia_date",
    "dpia_note",
    "residual_risk",
)


class CrmPrivacyProcessing(models.Model):
    """The record as a table that spreadsheets open: one row for each entry."""

    _inherit = "crm.privacy.processing"

    def _as_csv(self):
        """Give the entries as the bytes of a CSV file, with the names of the columns."""
        titles = [self._fields[name]._description_string(self.env) for name in COLUMNS]
        rows = [[entry._cell(name) for name in COLUMNS] for entry in self]
        return suspect_file.write_rows([titles, *rows])

    def _cell(self, name):
        """Give a value as people read it."""
        field, value = self._fields[name], self[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if name in ("data_ids", "recipient_ids"):
            return "\n".join(line._line_words() for line in value)
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        return value or ""
