from odoo import api, models
from odoo.tools import SQL

# Kinds of files whose bytes are text: the person can be struck out of them.
TEXTS = ("text/", "application/json", "application/xml", "application/csv", "message/rfc822")


class CrmPrivacyErasure(models.AbstractModel):
    """Files of the file store.

    When is a file gone from the disk?
        After the transaction, by Odoo's own collection of garbage, which leaves what another
        attachment with the same content still uses.
    What of somebody else's file that names the person?
        A text file (a list, a page, a mail) is written anew without the person. Any other kind
        of file cannot be changed: it stays in the plan as one that the officer must look at.
    """

    _inherit = "crm.privacy.erasure"

    def _files_on_disk(self, ids):
        query = SQL(
            "SELECT DISTINCT store_fname FROM ir_attachment"
            " WHERE id = ANY(%s) AND store_fname IS NOT NULL",
            ids,
        )
        return [name for (name,) in self.env.execute_query(query)]

    def _mark_files(self, names):
        """Note files for the collection of garbage."""
        files = self.env["ir.attachment"].sudo()
        for name in names:
            files._mark_for_gc(name)

    @api.model
    def _is_text(self, mimetype):
        return (mimetype or "").startswith(TEXTS)

    @api.model
    def _unreadable_files(self, ids):
        """Give the files that nobody can be struck out of."""
        files = self.env["ir.attachment"].sudo().browse(ids).exists()
        return [file.id for file in files if not self._is_text(file.mimetype)]

    @api.model
    def _redact_files(self, ids, redactor):
        """Write text files anew without the person; return the number of files."""
        changed = 0
        for file in self.env["ir.attachment"].sudo().browse(ids).exists():
            data = file.raw if self._is_text(file.mimetype) else None
            if data and (new := self._redacted_bytes(data, redactor)) != data:
                self._rewrite_file(file, new)
                changed += 1
        return changed

    @staticmethod
    def _redacted_bytes(data, redactor):
        try:
            return redactor.redact(data.decode("utf-8")).encode("utf-8")
        except UnicodeDecodeError:
            # every byte is a letter there
            return redactor.redact(data.decode("latin-1")).encode("latin-1")

    def _rewrite_file(self, file, data):
        """Store other bytes for an attachment, without telling anybody."""
        names = self._files_on_disk(file.ids)
        values = file._get_datas_related_values(data, file.mimetype)
        if values["store_fname"]:
            file._file_write(data, values["checksum"])
        columns = [
            SQL("%s = %s", SQL.identifier(name), value or None) for name, value in values.items()
        ]
        self._execute(
            SQL("UPDATE ir_attachment SET %s WHERE id = %s", SQL(", ").join(columns), file.id)
        )
        self._mark_files(names)
        file.invalidate_recordset()
