import os
import time

from odoo import api, fields, models
from odoo.tools import SQL, config

from .crm_privacy_scan import OPEN
from .crm_privacy_scan_part_read import TEXTS

#: How long one step reads before it gives way.
SECONDS = 3
#: The tables of the erasure itself: they are emptied when it is closed.
OWN_TABLES = ("crm_privacy_scan", "crm_privacy_scan_part", "crm_privacy_scan_hit")


class CrmPrivacyScan(models.Model):
    """How a scan reads: the database in pieces of tables, the files folder by folder."""

    _inherit = "crm.privacy.scan"

    # ------------------------------------------------------------
    # The background job
    # ------------------------------------------------------------

    @api.model
    def _cron_run(self):
        """Read on, for all scans that are not at their end and that nobody else reads."""
        waiting = [("state", "in", OPEN)]
        while scan := self.search(waiting, order="id").try_lock_for_update(limit=1):
            scan._step()
            remaining = self.search_count(waiting, limit=1)
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                break

    @api.model
    def _trigger_cron(self):
        self.env.ref("crm_lifecycle.ir_cron_privacy_scan").sudo()._trigger()

    def _step(self):
        """Read for some seconds; at the end judge what was found."""
        self.ensure_one()
        if self.state == "waiting":
            self._begin()
        search = self.request_id._value_search()
        end = time.monotonic() + SECONDS
        while part := self._next_part():
            part._read_on(search)
            if time.monotonic() > end:
                return
        self._end()

    def _run(self):
        """Read everything at once, for the replay of erasures."""
        while self.state in OPEN:
            self._step()

    def _next_part(self):
        return self.env["crm.privacy.scan.part"].search(
            [("scan_id", "=", self.id), ("state", "=", "todo")], order="kind desc, weight", limit=1
        )

    def _begin(self):
        """Note what there is to read: all tables with texts, all folders of files."""
        self.write({"state": "running", "start_date": fields.Datetime.now()})
        self.env.flush_all()
        parts = [*self._tables(), *self._folders()]
        self.env["crm.privacy.scan.part"].create(
            [
                {"scan_id": self.id, "kind": kind, "name": name, "weight": max(weight, 1)}
                for kind, name, weight in parts
            ]
        )

    def _tables(self):
        """Yield the tables that have texts or bytes, with the number of their rows."""
        query = SQL(
            """
            SELECT c.relname, greatest(c.reltuples, 0)::int
              FROM pg_class c
             WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema::regnamespace
               AND c.relname <> ALL(%s)
               AND EXISTS (
                   SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                      AND t.typname = ANY(%s)
               )
             ORDER BY c.relname
            """,
            list(OWN_TABLES),
            [*TEXTS, "bytea"],
        )
        yield from (("table", name, rows) for name, rows in self.env.execute_query(query))

    def _folders(self):
        """Yield the folders of the files, with the number of their files."""
        root = config.filestore(self.env.cr.dbname)
        for path, _folders, files in sorted(os.walk(root)):
            name = os.path.relpath(path, root)
            if files and not name.startswith("checklist"):
                yield "files", name, len(files)

    # ------------------------------------------------------------
    # The end
    # ------------------------------------------------------------

    def _end(self):
        """Judge what was found, and let the request close itself or say why not."""
        self._judge()
        state = "left" if self._blocking_count() else "clean"
        self.write({"state": state, "end_date": fields.Datetime.now()})
        self.request_id._scan_ended(self)

    def _judge(self):
        """Tell what the plan explains from what is left over; what an officer said stays."""
        self.request_id._own_hits(self.hit_ids).unlink()
        open_hits = self.hit_ids.filtered(lambda hit: hit.verdict != "other")
        places = self.request_id._places_of(open_hits)
        for hit in open_hits:
            hit.write(places[hit])
