from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmSuspectImportColumn(models.Model):
    """One column of the file, and what it is read as.

    Who says what it is read as?
        Its header and its values do, see `suspect_columns`; a person can correct it.
    What becomes of a column without target?
        It is not imported; it comes back in the file of the rows left out.
    When can it be corrected?
        While the rows are not checked yet: the counts of a preview must stay true.
    """

    _name = "crm.suspect.import.column"
    _description = "Column of a Suspect List"
    _order = "position, id"

    import_id = fields.Many2one("crm.suspect.import", required=True, ondelete="cascade", index=True)
    position = fields.Integer(required=True)
    name = fields.Char("Column in the File", required=True)
    samples = fields.Char("First Values")
    target = fields.Selection(
        [
            ("email", "E-mail"),
            ("phone", "Phone"),
            ("mobile", "Mobile"),
            ("name", "Full Name"),
            ("first_name", "First Name"),
            ("last_name", "Last Name"),
            ("company", "Company"),
            ("function", "Job Position"),
            ("street", "Street"),
            ("street2", "Street 2"),
            ("zip", "ZIP"),
            ("city", "City"),
            ("country", "Country"),
            ("website", "Website"),
            ("siret", "Company Registry"),
            ("note", "Notes"),
        ],
        string="Read As",
        help="Empty: the column is not imported.",
    )

    @api.model
    def _labels(self):
        """Give what the targets are called in the language of the user."""
        return dict(self._fields["target"]._description_selection(self.env))

    @api.ondelete(at_uninstall=False)
    def _unlink_while_open(self):
        self.filtered("import_id.line_ids")._check_still_open()

    @api.constrains("target", "position", "import_id")
    def _check_still_open(self):
        if any(column.import_id.state != "draft" for column in self):
            raise UserError(
                self.env._("Go back to the file before you change what its columns are read as.")
            )
