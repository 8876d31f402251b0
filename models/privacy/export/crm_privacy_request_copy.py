import csv
import io
import json
import logging
import re
import zipfile

from odoo import fields, models

from ..erasure.crm_privacy_location_rule import SUBJECTS

_logger = logging.getLogger(__name__)
FORBIDDEN = re.compile(r"[^\w.\- ]+")


class CrmPrivacyRequest(models.Model):
    """What is in the archive: a page, the same as PDF, JSON, and the files.

    In which language?
        In that of the person.
    What is in a portability answer besides?
        One CSV for each kind of records: what other software reads at once.
    """

    _inherit = "crm.privacy.request"

    def _make_archive(self):
        """Write the ZIP, and return it as an attachment of the request."""
        self.ensure_one()
        request = self.with_context(lang=self.lang or self.company_id.partner_id.lang or "en_US")
        subjects = request._copied_subjects()
        files = request._copied_files()
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            request._write_readable(archive, subjects, files)
            archive.writestr("data.json", request._as_json(subjects, files))
            if self.type == "portability":
                request._write_csv(archive, subjects)
            for name, attachment in files:
                archive.writestr(f"files/{name}", attachment.raw or b"")
        return self.env["ir.attachment"].create(
            {
                "name": f"{self.name.replace('/', '-')}.zip",
                "raw": buffer.getvalue(),
                "mimetype": "application/zip",
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    # ------------------------------------------------------------
    # What is copied
    # ------------------------------------------------------------

    def _copied_subjects(self):
        """Give the rows, grouped by subject and kind of record."""
        labels = dict(
            self.env["crm.privacy.location"]._fields["subject"]._description_selection(self.env)
        )
        found = []
        for subject, _label in SUBJECTS:
            parts = self.part_ids.filtered(
                lambda part, subject=subject: part.subject == subject and part.content
            )
            if parts:
                kinds = [(part.label, part.model, part.content) for part in parts]
                found.append((labels[subject], subject, kinds))
        return found

    def _copied_files(self):
        """Give (name in the archive, attachment) of the files of the person's own records."""
        attachments = self.env["ir.attachment"].sudo().browse()
        for part in self.part_ids.filtered("content"):
            ids = [row["id"] for row in part.content if row["own"]]
            if part.model == "ir.attachment":
                attachments |= attachments.browse(ids)
            elif part.model != "mail.message":
                attachments |= attachments.search(
                    [("res_model", "=", part.model), ("res_id", "in", ids), ("type", "=", "binary")]
                )
        attachments = attachments.exists().filtered(
            lambda file: file.type == "binary" and not self._is_internal_file(file)
        )
        return [
            (f"{file.id}-{FORBIDDEN.sub('_', file.name or 'file')}", file) for file in attachments
        ]

    def _is_internal_file(self, attachment):
        """Tell whether a file is a smaller copy of another, or part of the program."""
        resized = re.search(r"_(128|256|512|1024)$", attachment.res_field or "")
        return bool(resized) or attachment.res_model in (self._name, "ir.ui.view")

    # ------------------------------------------------------------
    # How it is written
    # ------------------------------------------------------------

    def _as_json(self, subjects, files):
        """Give everything as JSON, with the names of the fields."""
        content = {
            "request": self.name,
            "type": self.type,
            "controller": self.company_id.name,
            "made_on": fields.Datetime.to_string(fields.Datetime.now()),
            "information": [{"title": title, "lines": lines} for title, lines in self._rights()],
            "data": {
                subject: {
                    model: [{"id": row["id"], **_by_name(row)} for row in rows]
                    for _label, model, rows in kinds
                }
                for _title, subject, kinds in subjects
            },
            "files": [name for name, _file in files],
        }
        return json.dumps(content, ensure_ascii=False, indent=2, default=str)

    def _write_readable(self, archive, subjects, files):
        """Write the page, and the same as PDF when the program that prints is there."""
        values = {
            "copied": self,
            "subjects": subjects,
            "files": files,
            "rights": self._rights(),
            "today": fields.Date.today(),
            "lang": (self.env.lang or "en_US").replace("_", "-"),
        }
        page = self.env["ir.qweb"]._render("crm_lifecycle.privacy_copy", values)
        archive.writestr("index.html", f"<!DOCTYPE html>\n{page}")
        reports = self.env["ir.actions.report"]
        if reports.get_wkhtmltopdf_state() in ("ok", "upgrade", "workers"):
            pdf = reports._run_wkhtmltopdf([str(page)])
            archive.writestr("data.pdf", pdf)

    def _write_csv(self, archive, subjects):
        """Write one CSV for each kind of records."""
        for _title, _subject, kinds in subjects:
            for _label, model, rows in kinds:
                names = list(dict.fromkeys(value[0] for row in rows for value in row["values"]))
                text = io.StringIO()
                writer = csv.writer(text)
                writer.writerow(["id", *names])
                for row in rows:
                    values = _by_name(row)
                    writer.writerow([row["id"], *(_safe(values.get(name, "")) for name in names)])
                archive.writestr(f"csv/{model}.csv", "\ufeff" + text.getvalue())


def _by_name(row):
    """Give the values of a row by the names of the fields."""
    return {name: value for name, _label, value, _words in row["values"]}


def _safe(value):
    """Keep a spreadsheet from taking a text for a formula."""
    return (
        f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value
    )
