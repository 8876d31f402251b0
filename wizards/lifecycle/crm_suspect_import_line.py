from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmSuspectImportLine(models.Model):
    """One row of a list while it is imported: what it is, and why it is left out.

    Where do the rows come from?
        The import writes them by sets, in SQL; nobody creates or changes them by hand.
    How long do they live?
        Until the import deletes them, some weeks after its end: they hold people who
        were not imported.
    """

    _name = "crm.suspect.import.line"
    _description = "Row of a Suspect List"
    _order = "import_id desc, number"
    _log_access = False

    import_id = fields.Many2one(
        "crm.suspect.import", "List", required=True, ondelete="cascade", index=True
    )
    number = fields.Integer("Row", required=True, help="Number of the row in the file.")
    cells = fields.Json()
    # what it is
    outcome = fields.Selection(
        [
            ("new", "New"),
            ("imported", "Imported"),
            ("known", "Already known"),
            ("blacklisted", "On a no-contact list"),
            ("invalid", "Invalid"),
            ("duplicate", "Twice in the file"),
            ("failed", "Could not be created"),
            ("unchecked", "To check"),
        ],
        "Class",
        required=True,
        default="unchecked",
    )
    reason = fields.Char("Reason Code")
    detail = fields.Char()
    reason_text = fields.Char("Reason", compute="_compute_reason_text")
    # who it is, as far as the classes need it
    name = fields.Char()
    email = fields.Char("E-mail")
    phone = fields.Char()
    mobile = fields.Char()
    # the record created from it, or the one that is the same person
    res_model = fields.Char("Record Type")
    res_id = fields.Many2oneReference("Record", model_field="res_model")

    _outcome_idx = models.Index("(import_id, outcome, number)")

    @api.depends("reason", "detail", "res_model")
    def _compute_reason_text(self):
        texts = self._reason_texts()
        fields_read = self.env["crm.suspect.import.column"]._fields["target"]
        labels = dict(fields_read._description_selection(self.env))
        for line in self:
            text = texts.get(line.reason, "")
            detail = labels.get(line.detail, line.detail or "")
            line.reason_text = text.replace("{detail}", detail)

    @api.model
    def _reason_texts(self):
        """Give the sentence of each reason; ``{detail}`` stands for the detail of the row."""
        detail = "{detail}"
        return {
            "no_address": self.env._("Neither e-mail nor phone"),
            "bad_email": self.env._("The e-mail address is not valid"),
            "several_emails": self.env._("More than one e-mail address"),
            "bad_phone": self.env._("No e-mail, and the phone number is not valid"),
            "bad_website": self.env._("The website is not a web address"),
            "too_long": self.env._("%(detail)s: the text is too long", detail=detail),
            "unreadable": self.env._("%(detail)s: characters that cannot be read", detail=detail),
            "formula": self.env._("%(detail)s: a formula instead of a text", detail=detail),
            "markup": self.env._("%(detail)s: HTML code in the text", detail=detail),
            "known_lead": self.env._("Already known as a lead"),
            "known_partner": self.env._("Already known as a contact"),
            "known_mailing": self.env._("Already known as a mailing contact"),
            "no_email": self.env._("The e-mail address is on the no-contact list"),
            "no_phone": self.env._("The phone number is on the no-contact list"),
            "duplicate": self.env._("Same person as in row %(detail)s", detail=detail),
            "failed": self.env._("Could not be created: %(detail)s", detail=detail),
        }

    def _left_out_row(self, width):
        """Give the row for the file of the rows left out: as it came, and why."""
        cells = (self.cells or [])[:width]
        return [*cells, *[""] * (width - len(cells)), self.number, self.reason_text]

    def action_open_record(self):
        """Open the record created from the row, or the one that is known already."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id) if self.res_model else None
        if not record or not record.exists():
            raise UserError(self.env._("There is no record any more for this row."))
        return record.get_formview_action()
