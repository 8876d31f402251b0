import re

from odoo import api, models
from odoo.http import root
from odoo.tools import SQL

# What hangs on a row by model and number only, so that the database does not delete it.
HANGING_ON = (
    ("mail.message", "model", "res_id"),
    ("mail.activity", "res_model", "res_id"),
    ("mail.followers", "res_model", "res_id"),
    ("mail.scheduled.message", "model", "res_id"),
    ("ir.model.data", "model", "res_id"),
    ("ir.attachment", "res_model", "res_id"),
)


# How Odoo begins the names of the files of sessions
SESSION = re.compile(r"^[A-Za-z0-9_-]{42}$")


class CrmPrivacyErasure(models.AbstractModel):
    """How rows are deleted: with what hangs on them, and with their files.

    What hangs on deleted rows?
        Messages, activities, followers, files and names given by imports. What of it the law
        orders to keep stays.
    """

    _inherit = "crm.privacy.erasure"

    @api.model
    def _delete_rows(self, model, ids):
        """Delete rows and what hangs on them; return the number of rows."""
        if not ids:
            return 0
        if model == "res.device.log":
            self._end_sessions(ids)
        if model == "mail.message":
            self._delete_rows("ir.attachment", self._files_of_messages(ids))
        names = self._files_on_disk(ids) if model == "ir.attachment" else []
        for other, model_name, id_name in HANGING_ON:
            if other != model:
                self._delete_rows(other, self._hanging(other, model_name, id_name, model, ids))
        table = SQL.identifier(self.env[model]._table)
        count = self._execute(SQL("DELETE FROM %s WHERE id = ANY(%s)", table, ids))
        self._mark_files(names)
        return count

    def _hanging(self, other, model_name, id_name, model, ids, with_kept=False):
        """Give the rows of another model that hang on rows; those kept by law only if asked."""
        query = SQL(
            "SELECT id FROM %s WHERE %s = %s AND %s = ANY(%s)",
            SQL.identifier(self.env[other]._table),
            SQL.identifier(model_name),
            model,
            SQL.identifier(id_name),
            ids,
        )
        found = {row_id for (row_id,) in self.env.execute_query(query)}
        return sorted(found if with_kept else found - self._kept_rows(other, found).keys())

    def _files_of_messages(self, ids):
        """Give the files of messages that are not of another message or document too."""
        query = SQL(
            """SELECT link.attachment_id FROM message_attachment_rel link
                 JOIN ir_attachment file ON file.id = link.attachment_id
                WHERE link.message_id = ANY(%(ids)s)
                  AND (coalesce(file.res_id, 0) = 0
                    OR file.res_model IN ('mail.message', 'mail.compose.message'))
                  AND NOT EXISTS (SELECT FROM message_attachment_rel other
                                   WHERE other.attachment_id = link.attachment_id
                                     AND other.message_id <> ALL(%(ids)s))""",
            ids=ids,
        )
        return sorted({row_id for (row_id,) in self.env.execute_query(query)})

    def _end_sessions(self, ids):
        """Delete the sessions of connections: their files hold the login."""
        query = SQL(
            "SELECT DISTINCT session_identifier FROM res_device_log WHERE id = ANY(%s)", ids
        )
        names = [name for (name,) in self.env.execute_query(query)]
        root.session_store.delete_from_identifiers(
            [name for name in names if name and SESSION.match(name)]
        )
