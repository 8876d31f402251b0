import logging

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

BATCH = 500
REASON_LENGTH = 1000

#: What other transactions cause is no fault of a person: the step is due again after these minutes.
RETRY_MINUTES = (5, 30, 120)


class CrmNurtureEnrollment(models.Model):
    """The engine: takes what is due, does the steps, moves on.

    How does nothing happen twice, and nothing get lost?
        The rows that are due are locked, and other processes skip them. Doing the step, the
        deliveries and moving on are one transaction per batch: a kill undoes all of it.
    What if a step fails for somebody?
        The batch is halved until only the culprits stay: they go to quarantine with the reason,
        and the others go on in the same run.
    Who is asked before each step?
        `_departures`: who has reached the goal, matches an exit rule or may not be addressed.
    """

    _inherit = "crm.nurture.enrollment"

    @api.model
    def _cron_run_due(self):
        """Do what is due, in batches, until nothing is left or the time of the cron is over."""
        while done := self._run_batch():
            if not self.env["ir.cron"]._commit_progress(done, remaining=self._has_due()):
                break
        self._wake()

    @api.model
    def _has_due(self):
        return self.search_count(self._due_domain(), limit=1)

    @api.model
    def _due_domain(self):
        return [("state", "=", "waiting"), ("due_at", "<=", fields.Datetime.now())]

    @api.model
    def _run_batch(self, limit=BATCH):
        """Take what is due longest, as far as nobody else has it; return how many."""
        due = self._claim(limit)
        for step, enrollments in due.grouped("step_id").items():
            enrollments._run_step(step)
        return len(due)

    @api.model
    def _claim(self, limit):
        """Lock the rows that are due longest; rows that another process has are left to it."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM crm_nurture_enrollment"
                " WHERE state = 'waiting' AND due_at <= %s"
                " ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED",
                fields.Datetime.now(),
                limit,
            )
        )
        return self.browse(row[0] for row in rows)

    def _run_step(self, step):
        """Do one step for those of these who do not have to leave before."""
        departures = self._departures()
        for (state, reason), ids in self._by_value(departures).items():
            self.browse(ids)._leave(state, reason)
        staying = self.browse(key for key in self.ids if key not in departures)
        staying._hold_back(step)._do_step(step)

    def _hold_back(self, step):
        """Let those wait for whom it is not the moment yet, though they are due; give the others.

        Who waits gets another `due_at`, and `held_by` says why.
        """
        return self

    def _departures(self):
        """Give who has to leave before the next step: dict of id -> (state, reason)."""
        return {}

    def _do_step(self, step):
        """Do the step for all together; if that fails halve them until the culprits stay."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                self._do_and_advance(step)
        except psycopg2.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - one bad record never stops the others
            self.env.invalidate_all(flush=False)
            if len(self) == 1:
                self._quarantine(error)
            else:
                half = len(self) // 2
                self[:half]._do_step(step)
                self[half:]._do_step(step)

    def _do_and_advance(self, step):
        fresh = self._note_deliveries(step)
        results = step._do(fresh) if fresh else {}
        self._complete_deliveries(step, results)
        self._advance(step, results)
        self.env.flush_all()

    def _quarantine(self, error):
        _logger.info("Nurturing: %s is put into quarantine: %s", self, error)
        self.write({"state": "quarantine", "reason": str(error)[:REASON_LENGTH]})

    def _note_deliveries(self, step):
        """Note the step as done; give those for whom it was not."""
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO crm_nurture_delivery (enrollment_id, step_id, round, date, outcome)"
                " SELECT id, %s, round, %s, 'done' FROM unnest(%s) e (id)"
                " JOIN crm_nurture_enrollment USING (id)"
                " ON CONFLICT DO NOTHING RETURNING enrollment_id",
                step.id,
                fields.Datetime.now(),
                list(self.ids),
            )
        )
        fresh = {row[0] for row in rows}
        return self.browse(key for key in self.ids if key in fresh)

    def _complete_deliveries(self, step, results):
        """Write what became of the step where it is not simply done."""
        telling = [
            (key, result.outcome, result.note, result.trace)
            for key, result in results.items()
            if (result.outcome, result.note, result.trace) != ("done", None, None)
        ]
        if not telling:
            return
        ids, outcomes, notes, traces = map(list, zip(*telling, strict=True))
        self.env.cr.execute(
            SQL(
                "UPDATE crm_nurture_delivery d"
                " SET outcome = r.outcome, note = r.note, trace_id = r.trace"
                " FROM unnest(%s::int[], %s::text[], %s::text[], %s::int[])"
                "   r (id, outcome, note, trace)"
                " JOIN crm_nurture_enrollment e ON e.id = r.id"
                " WHERE d.enrollment_id = r.id AND d.step_id = %s AND d.round = e.round",
                ids,
                outcomes,
                notes,
                traces,
                step.id,
            )
        )
        self.env["crm.nurture.delivery"].invalidate_model()

    def _advance(self, step, results):
        """Let everybody come to the step that follows, or leave at the end."""
        path = step.version_id._path()
        after = {}
        for key in self.ids:
            result = results.get(key)
            leaves = result.leaves if result else None
            after[key] = (
                ("leave", leaves)
                if leaves
                else (
                    "step",
                    path.after(step.id, result.branch if result else None),
                )
            )
        for (kind, value), ids in self._by_value(after).items():
            enrollments = self.browse(ids)
            if kind == "step" and value:
                enrollments._arrive(step.browse(value))
            else:
                enrollments._leave(value or "done")

    def _arrive(self, step):
        """Let them come to a step, each due at its own moment."""
        due = step._due_at(self, fields.Datetime.now())
        self.env.cr.execute(
            SQL(
                "UPDATE crm_nurture_enrollment e"
                " SET step_id = %s, due_at = r.due_at, tries = 0, reason = NULL, held_by = NULL"
                " FROM unnest(%s::int[], %s::timestamp[]) r (id, due_at) WHERE e.id = r.id",
                step.id,
                list(due),
                list(due.values()),
            )
        )
        self.invalidate_recordset()

    def _time_zones(self):
        """Give the time zone of each person: dict of enrollment id -> name."""
        company_zone = self.env.company.partner_id.tz or "UTC"
        records = self._records().sudo()
        if records._name == "crm.lead":
            return {
                enrollment.id: lead.partner_id.tz or lead.user_id.tz or company_zone
                for enrollment, lead in zip(self, records, strict=True)
            }
        return {
            enrollment.id: partner.tz or partner.user_id.tz or company_zone
            for enrollment, partner in zip(self, records, strict=True)
        }

    @api.model
    def _wake(self):
        """Let the engine run again at the next moment that somebody is due."""
        rows = self.env.execute_query(
            SQL("SELECT MIN(due_at) FROM crm_nurture_enrollment WHERE state = 'waiting'")
        )
        if rows[0][0]:
            cron = self.env.ref("crm_lifecycle.ir_cron_nurture", raise_if_not_found=False)
            if cron:
                cron.sudo()._trigger(max(rows[0][0], fields.Datetime.now()))

    @api.model
    def _by_value(self, values):
        """Turn a dict around: value -> keys."""
        keys = {}
        for key, value in values.items():
            keys.setdefault(value, []).append(key)
        return keys
