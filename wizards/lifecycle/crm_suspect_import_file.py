from odoo import api, fields, models
from odoo.exceptions import UserError

from . import suspect_columns, suspect_file


class CrmSuspectImport(models.Model):
    """The file of a list: what its columns hold, and why it cannot be read.

    When are the columns recognised?
        In the form as soon as a file is chosen; else when the import is saved with a file.
    What if the header is not in the first row?
        It is looked for in the first rows. A file without header gets numbered columns,
        recognised by their values.
    """

    _inherit = "crm.suspect.import"

    @api.onchange("file", "encoding", "separator")
    def _onchange_file(self):
        """Recognise the columns as soon as a file is chosen."""
        if not self.file:
            self.column_ids = [fields.Command.clear()]
            return None
        try:
            self._read_columns(self._file_bytes())
        except suspect_file.UnreadableFile as error:
            self.file = self.filename = False
            self.column_ids = [fields.Command.clear()]
            return {
                "warning": {
                    "title": self.env._("This file cannot be read"),
                    "message": self._unreadable_message(error),
                }
            }
        return None

    def _read_columns(self, data):
        """Find the header of the file and what its columns are read as."""
        head = suspect_file.read_head(data, self.encoding, self.separator)
        rows = [cells for _number, cells in head]
        index = suspect_columns.find_header(rows)
        self.header_row = 0 if index is None else head[index][0]
        body = rows if index is None else rows[index + 1 :]
        if not body:
            raise suspect_file.UnreadableFile("header_only")
        self.column_ids = [
            fields.Command.clear(),
            *(
                fields.Command.create(values)
                for values in self._column_values([] if index is None else rows[index], body)
            ),
        ]

    def _column_values(self, header, body):
        """Give the values of the columns, from the header and the first rows."""
        width = max(len(header), *(len(row) for row in body))
        names = [
            (header[position : position + 1] or [""])[0]
            or self.env._("Column %(number)s", number=position + 1)
            for position in range(width)
        ]
        samples = [
            [row[position] for row in body if position < len(row) and row[position]]
            for position in range(width)
        ]
        targets = suspect_columns.recognise(names, samples)
        return [
            {
                "position": position,
                "name": names[position][:100],
                "samples": ", ".join(value[:40] for value in samples[position][:3]),
                "target": targets[position],
            }
            for position in range(width)
        ]

    def _file_bytes(self):
        """Give the content of the file, without a base64 copy where it is stored."""
        if isinstance(self.id, int):
            attachment = (
                self.env["ir.attachment"]
                .sudo()
                .search(
                    [
                        ("res_model", "=", self._name),
                        ("res_id", "=", self.id),
                        ("res_field", "=", "file"),
                    ],
                    limit=1,
                )
            )
            return attachment.raw or b""
        return suspect_file.from_base64(self.with_context(bin_size=False).file)

    def _unreadable_message(self, error):
        """Say in the user's words why a file cannot be read, and what to do."""
        megabytes = suspect_file.MAX_BYTES // 1024 // 1024
        messages = {
            "empty": self.env._("The file is empty."),
            "header_only": self.env._("The file has a header but no rows under it."),
            "too_big": self.env._(
                "The file is too big: at most %(limit)s MB. Split it into several files.",
                limit=megabytes,
            ),
            "unfolds_too_big": self.env._(
                "The workbook holds too much data. Save the sheet of the list alone, as CSV."
            ),
            "too_many_rows": self.env._(
                "The file has more than %(limit)s rows. Split it into several files.",
                limit=suspect_file.MAX_ROWS,
            ),
            "too_many_columns": self.env._(
                "Row %(number)s has more than %(limit)s columns. Is this a list of people?",
                number=error.params.get("number"),
                limit=suspect_file.MAX_COLUMNS,
            ),
            "broken_row": self.env._(
                "The file cannot be read from row %(number)s on: probably a quotation mark"
                " is opened there and never closed. Correct this row.",
                number=error.params.get("number"),
            ),
            "old_excel": self.env._(
                "This is an old Excel file, or one protected by a password."
                " Save it as XLSX or CSV, without password."
            ),
            "open_document": self.env._("This is an OpenDocument file. Save it as XLSX or CSV."),
            "damaged": self.env._(
                "The workbook is damaged. Open it in your spreadsheet program and save it again."
            ),
        }
        return messages.get(error.code) or self.env._(
            "This is not a list of people: please choose a CSV or XLSX file."
        )

    @api.model
    def _check_file_size(self, vals):
        """Refuse a file that is too big before it is decoded."""
        if len(vals.get("file") or "") > suspect_file.MAX_BYTES * 4 / 3 + 4:
            raise UserError(self._unreadable_message(suspect_file.UnreadableFile("too_big")))

    def _recognise_columns(self):
        try:
            for record in self.filtered("file"):
                record._read_columns(record._file_bytes())
        except suspect_file.UnreadableFile as error:
            raise UserError(self._unreadable_message(error)) from error
