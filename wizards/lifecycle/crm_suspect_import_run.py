import base64
import logging

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from . import suspect_file, suspect_row
from .crm_suspect_origin_mixin import DEFAULTS_TOKEN

_logger = logging.getLogger(__name__)

ROWS_PER_BATCH = 500
ABANDONED_DAYS = 90


class CrmSuspectImport(models.Model):
    """The creation of the new people, in batches that can be stopped and resumed.

    What if somebody becomes known, or objects, between the preview and the run?
        Each batch looks again, and leaves that person out.
    What if one row cannot be created?
        It is marked with the reason, the others of its batch are created; see `action_retry`.
    Who creates the records?
        The person who started the import, in the company of the import.
    """

    _inherit = "crm.suspect.import"

    run_by_id = fields.Many2one("res.users", "Imported By", readonly=True, copy=False)
    left_out_file = fields.Binary("Rows Left Out", attachment=True, copy=False, readonly=True)
    left_out_filename = fields.Char(compute="_compute_left_out_filename")

    @api.depends("name")
    def _compute_left_out_filename(self):
        for record in self:
            record.left_out_filename = self.env._("%(list)s - left out.csv", list=record.name or "")

    def _start_run(self):
        """Create the first batch at once, so that a short list needs no waiting."""
        self._note_step(
            state="running",
            error=False,
            start_date=self.start_date or fields.Datetime.now(),
            run_by_id=self.env.uid,
        )
        self._run_step()
        if self.state == "running":
            self._trigger_cron()

    def _retry_failed(self):
        lines = self.sudo().line_ids.filtered(lambda line: line.outcome == "failed")
        lines.write({"outcome": "new", "reason": False, "detail": False})
        self._start_run()

    def _trigger_cron(self):
        self.env.ref("crm_lifecycle.ir_cron_crm_suspect_import")._trigger()

    # ------------------------------------------------------------
    # Batches
    # ------------------------------------------------------------

    @api.model
    def _cron_run(self):
        """Go on with the lists that are checked or imported, one batch after the other."""
        busy = self.search([("state", "in", ("checking", "running"))], order="id")
        for record in busy:
            while record.exists() and record.state in ("checking", "running"):
                count = record._step()
                time_left = self.env["ir.cron"]._commit_progress(
                    count, remaining=busy._remaining_rows()
                )
                # the records of a batch are of no use to the next one
                self.env.invalidate_all()
                if not time_left:
                    return

    def _step(self):
        """Do one batch; a list that cannot go on waits for its owner, with the reason."""
        step = self._run_step if self.state == "running" else self._check_step
        # the reason is for the owner to read
        owner = self.with_context(lang=self.create_uid.lang)
        try:
            with self.env.cr.savepoint():
                return step()
        except psycopg2.OperationalError:
            # the server, or another transaction: the next run does it again
            raise
        except suspect_file.UnreadableFile as error:
            self._give_up(owner._unreadable_message(error))
        except Exception as error:
            _logger.exception("List %s cannot go on", self.id)
            self._give_up(owner.env._("It stopped: %(reason)s", reason=str(error)))
        return 0

    def _give_up(self, message):
        """Stop, and say why."""
        if self.state == "checking":
            self._forget_rows()
        else:
            self._note_step(state="paused")
        self._note_step(error=message)

    def _remaining_rows(self):
        """Count the rows that wait, in all lists of this set that are not stopped."""
        busy = self.filtered(lambda record: record.state in ("checking", "running"))
        return sum(max(record.todo_count - record.done_count, 1) for record in busy)

    def _run_step(self):
        """Create the records of the next rows; return how many rows that were."""
        lines = (
            self.env["crm.suspect.import.line"]
            .sudo()
            .search(
                [("import_id", "=", self.id), ("outcome", "=", "new")],
                order="number",
                limit=ROWS_PER_BATCH,
            )
            .try_lock_for_update()
        )
        if lines:
            self._classify(lines.ids)
            lines.invalidate_recordset(flush=False)
            self._create_records(lines.filtered(lambda line: line.outcome == "new"))
        if len(lines) < ROWS_PER_BATCH and not self._rows_wait():
            self._note_step(state="done", end_date=fields.Datetime.now())
        self.invalidate_recordset()
        return len(lines)

    def _rows_wait(self):
        return self.env["crm.suspect.import.line"].search_count(
            [("import_id", "=", self.id), ("outcome", "=", "new")], limit=1
        )

    def _create_records(self, lines):
        """Create the records of rows; where that fails, halve until the bad row is alone."""
        if not lines:
            return
        try:
            with self.env.cr.savepoint():
                records = self._complete_model().create(self._record_values(lines))
                self._note_source(records)
            self._mark_imported(lines, records)
        except psycopg2.OperationalError:
            # the server, or another transaction: not the fault of a row
            raise
        except Exception as error:  # noqa: BLE001  whatever an addon raises for one row
            if len(lines) == 1:
                _logger.info("Row %s of list %s: %s", lines.number, self.id, error)
                lines.write({"outcome": "failed", "reason": "failed", "detail": str(error)[:500]})
                return
            half = len(lines) // 2
            self._create_records(lines[:half])
            self._create_records(lines[half:])

    def _target_model(self):
        """Give the model to create in, as the person who started, without chatter."""
        return (
            self.env[self.target]
            .with_user(self.run_by_id)
            .with_context(
                allowed_company_ids=self.company_id.ids,
                import_file=True,
                tracking_disable=True,
                lang=self.run_by_id.lang,
            )
        )

    def _complete_model(self):
        """Give the model to create in with values that hold all defaults already."""
        return self._target_model().with_context(suspect_import_defaults=DEFAULTS_TOKEN)

    def _record_values(self, lines):
        """Give the values of the new records, in the order of the rows."""
        model = self._target_model()
        # the defaults once, and not for each row: a quarter of the time of a create
        common = model._add_missing_default_values(model._suspect_import_common_values(self))
        targets, countries = self._targets(), self._countries()
        values = []
        for line in lines:
            person = suspect_row.read_person(line.cells, targets)
            country = self._country(person, countries)
            person.update(self._addresses(line, person))
            values.append({**common, **model._suspect_import_values(person, country)})
        return values

    def _addresses(self, line, person):
        """Give the e-mail as it was checked, and phones as written if that is whole."""
        found = {"email": line.email} if line.email else {}
        for target in ("phone", "mobile"):
            # spreadsheets take the first zero away
            if line[target] and not person[target].startswith(("0", "+")):
                found[target] = line[target]
        return found

    def _note_source(self, records):
        """Give the entries of contacts the source of the list: contacts have none to copy."""
        if "source_id" in records._fields:
            return
        self.env.cr.execute(
            SQL(
                "UPDATE crm_lifecycle_transition SET source_id = %s, campaign_id = %s"
                " WHERE partner_id = ANY(%s) AND direction = 'entry'",
                self.source_id.id,
                self.campaign_id.id or None,
                records.ids,
            )
        )

    def _mark_imported(self, lines, records):
        self.env.cr.execute(
            SQL(
                "UPDATE crm_suspect_import_line line"
                " SET outcome = 'imported', res_model = %s, res_id = found.res_id"
                " FROM unnest(%s::int[], %s::int[]) AS found(id, res_id)"
                " WHERE line.id = found.id",
                self.target,
                lines.ids,
                records.ids,
            )
        )

    # ------------------------------------------------------------
    # Rows left out
    # ------------------------------------------------------------

    def _write_left_out(self):
        """Write the file of the rows left out: as they came, with the reason of each."""
        lines = self.env["crm.suspect.import.line"]
        domain = [
            ("import_id", "=", self.id),
            ("outcome", "not in", ("unchecked", "new", "imported")),
        ]
        names = self.column_ids.sorted("position").mapped("name")
        rows = [[*names, self.env._("Row"), self.env._("Why it was left out")]]
        rows.extend(line._left_out_row(len(names)) for line in lines.search(domain, order="number"))
        self.left_out_file = base64.b64encode(suspect_file.write_rows(rows))

    # ------------------------------------------------------------
    # Cleaning up
    # ------------------------------------------------------------

    @api.autovacuum
    def _gc_rows(self):
        """Delete the people who were not imported: the lists are kept, not their rows."""
        now = fields.Datetime.now()
        ended = self.search(
            [
                ("state", "=", "done"),
                ("end_date", "<", fields.Datetime.subtract(now, days=self.KEEP_DAYS)),
                ("kept_counts", "=", False),
            ]
        )
        for record in ended:
            record._purge()
        old = fields.Datetime.subtract(now, days=ABANDONED_DAYS)
        abandoned = self.search([("state", "!=", "done"), ("write_date", "<", old)])
        stopped = abandoned.filtered("imported_count")
        stopped._note_step(state="done", end_date=now)
        (abandoned - stopped).unlink()

    def _purge(self):
        """Delete the file and the rows, keep the counts."""
        counts = {
            outcome: count
            for outcome, count in self.env["crm.suspect.import.line"]._read_group(
                [("import_id", "=", self.id)], ["outcome"], ["__count"]
            )
        }
        self._note_step(kept_counts=counts or {"new": 0})
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM crm_suspect_import_line WHERE import_id = %s", self.id)
        )
        self.env["ir.attachment"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("res_field", "in", ("file", "left_out_file")),
            ]
        ).unlink()
        self.env.invalidate_all()
