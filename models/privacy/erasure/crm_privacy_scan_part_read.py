import logging
import os
import time

import psycopg2

from odoo import models
from odoo.tools import SQL, config, mute_logger

_logger = logging.getLogger(__name__)

#: What one piece of a table has, and how long the files of a folder are read at once.
ROWS = 20_000
SECONDS = 3
#: Of one part no more hits are listed: it is clear then that the part is not clean.
MOST_HITS = 500
#: Bytes of a file that are read. What follows is film or sound.
FILE_BYTES = 256_000_000

TEXTS = ("text", "varchar", "bpchar", "json", "jsonb", "xml", "_text", "_varchar")
#: The tables that hold the values for as long as the erasure goes on, and their link to it.
OWN_ROWS = {
    "crm_privacy_request": "id",
    "crm_privacy_identity": "request_id",
    "crm_privacy_request_line": "request_id",
}


class CrmPrivacyScanPart(models.Model):
    """How one table or folder is read."""

    _inherit = "crm.privacy.scan.part"

    def _read_on(self, search):
        """Read the next piece; a part that cannot be read does not stop the others.

        A query that fails is not logged: it has the values of the person in it.
        """
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self._read_table(search) if self.kind == "table" else self._read_folder(search)
        except psycopg2.OperationalError:
            raise  # the server, or another transaction: the next run reads it
        except Exception as error:  # noqa: BLE001 - noted, and it keeps the erasure open
            _logger.info("Scan part %s: %s", self.name, type(error).__name__)
            self.write({"state": "failed", "error": type(error).__name__})

    def _note_hits(self, found):
        """Write hits: tuples (column, model, id, kinds)."""
        room = MOST_HITS - self.env["crm.privacy.scan.hit"].search_count(
            [("scan_id", "=", self.scan_id.id), ("table_name", "=", self.name)], limit=MOST_HITS
        )
        self.env["crm.privacy.scan.hit"].create(
            [
                {
                    "scan_id": self.scan_id.id,
                    "table_name": self.name,
                    "column_name": column,
                    "res_model": model,
                    "res_id": record_id,
                    "kind_codes": ",".join(kinds),
                }
                for column, model, record_id, kinds in found[: max(room, 0)]
            ]
        )

    # -- tables -------------------------------------------------------------------------------

    def _read_table(self, search):
        columns = self._columns()
        texts = [name for name, kind in columns if kind in TEXTS]
        binaries = [name for name, kind in columns if kind == "bytea"]
        last = self._last_of_piece() if ("id", "int4") in columns else None
        piece = self._piece(last)
        found = self._search_texts(search, texts, piece) if texts else []
        for name in binaries:
            found += self._search_bytes(search, name, piece)
        self._note_hits(found)
        self.write({"last_id": last} if last else {"state": "done"})

    def _columns(self):
        query = SQL(
            """SELECT a.attname, t.typname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
                ORDER BY a.attnum""",
            f'"{self.name}"',
        )
        return self.env.execute_query(query)

    def _last_of_piece(self):
        """Give the last id of the next piece, None if this is the last piece."""
        query = SQL(
            "SELECT id FROM %s WHERE id > %s ORDER BY id OFFSET %s LIMIT 1",
            SQL.identifier(self.name),
            self.last_id,
            ROWS - 1,
        )
        rows = self.env.execute_query(query)
        return rows[0][0] if rows else None

    def _piece(self, last):
        """Give the condition on the rows of the piece, without the person's own process."""
        conditions = [SQL("id > %s", self.last_id)] if self.last_id else []
        if last:
            conditions.append(SQL("id <= %s", last))
        if own := OWN_ROWS.get(self.name):
            request = self.scan_id.request_id.id
            conditions.append(SQL("%s IS DISTINCT FROM %s", SQL.identifier(own), request))
        return SQL(" AND ").join(conditions) if conditions else SQL("TRUE")

    def _search_texts(self, search, names, piece):
        """Give the hits in the columns of texts."""
        columns = [SQL("%s::text", SQL.identifier(name)) for name in names]
        query = SQL(
            "SELECT %s, %s FROM %s WHERE %s AND (%s)",
            self._key(),
            SQL(", ").join(columns),
            SQL.identifier(self.name),
            piece,
            SQL(" OR ").join(map(search.condition, columns)),
        )
        found = []
        for key, *values in self.env.execute_query(query):
            for name, value in zip(names, values, strict=True):
                kinds = search.kinds(value) if value else []
                if kinds:
                    found.append((name, self._model_name(), key, kinds))
        return found

    def _search_bytes(self, search, name, piece):
        """Give the hits in a column of bytes, one value at a time."""
        column, table = SQL.identifier(name), SQL.identifier(self.name)
        keys = self.env.execute_query(
            SQL("SELECT ctid::text FROM %s WHERE %s AND %s IS NOT NULL", table, piece, column)
        )
        found = []
        for (place,) in keys:
            [(key, value)] = self.env.execute_query(
                SQL("SELECT %s, %s FROM %s WHERE ctid = %s::tid", self._key(), column, table, place)
            ) or [(0, b"")]
            if kinds := search.kinds_of_file(bytes(value)):
                found.append((name, self._model_name(), key, kinds))
        return found

    def _key(self):
        """Give the SQL of the id of a row, 0 for tables without."""
        return SQL("id") if ("id", "int4") in self._columns() else SQL("0")

    def _model_name(self):
        """Give the model of the table, None if it has none."""
        models_of_table = self.env.registry.models.values()
        return next(
            (
                model._name
                for model in models_of_table
                if not model._abstract and model._auto and model._table == self.name
            ),
            None,
        )

    # -- files --------------------------------------------------------------------------------

    def _read_folder(self, search):
        """Read the next files of a folder; `last_id` counts them."""
        folder = os.path.join(config.filestore(self.env.cr.dbname), self.name)
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        end = time.monotonic() + SECONDS
        found, position = [], self.last_id
        while position < len(names) and time.monotonic() < end:
            name = names[position]
            found += self._search_file(search, os.path.join(folder, name), name)
            position += 1
        self._note_hits(found)
        self.write({"last_id": position, "state": "done" if position >= len(names) else "todo"})

    def _search_file(self, search, path, name):
        if not os.path.isfile(path):
            return []
        with open(path, "rb") as file:
            kinds = search.kinds_of_file(file.read(FILE_BYTES))
        if not kinds:
            return []
        attachments = self.env.execute_query(
            SQL("SELECT id FROM ir_attachment WHERE store_fname = %s", f"{self.name}/{name}")
        )
        if not attachments:
            return [(name, None, 0, kinds)]
        return [("store_fname", "ir.attachment", row_id, kinds) for (row_id,) in attachments]
