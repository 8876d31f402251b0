import logging

from odoo import api, fields, models
from odoo.exceptions import LockError
from odoo.tools import SQL

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ..lifecycle.long_statement import CONCURRENCY

_logger = logging.getLogger(__name__)

#: As many as Odoo reads at once.
BATCH = 1000
REASON_LENGTH = 1000

#: What the world around causes is no fault of a person: the step is due again after these minutes,
#: nearly two days in all.
RETRY_MINUTES = (5, 30, 120, 360, 720, 1440)
TRANSIENT = (OSError, MailDeliveryException, LockError)

#: So often in a row other transactions may come in the way before the run is given up.
PATIENCE = 8

#: When somebody is due again whose sequence cannot be evaluated.
TROUBLE_MINUTES = 60


class CrmNurtureEnrollment(models.Model):
    """The engine: takes what is due, does the steps, moves on.

    How does nothing happen twice, and nothing get lost?
        The rows that are due are locked, and other processes skip them. Doing the step, the
        deliveries and moving on are one transaction per batch: a kill undoes all of it.
    What if a step fails for somebody?
        The batch is halved until only the culprits stay: they go to quarantine with the reason,
        and the others go on in the same run. What may be over soon (a server that does not
        answer) is tried again later, first after minutes, then after hours: by all if nobody
        gets through, else only by those who do not.
    What if another transaction comes in the way?
        The batch is undone and taken again, smaller each time.
    Who is asked before each step?
        `_departures`: who has reached the goal, matches an exit rule or may not be addressed.
    What if the sequence was paused or closed at that very moment?
        Who came in just then, or was being worked on, was not seen by it: such people rest, or
        leave, when their next step is due.
    """

    _inherit = "crm.nurture.enrollment"

    @api.model
    def _cron_run_due(self):
        """Do what is due, in batches, until nothing is left or the time of the cron is over."""
        limit, failures, seconds_left, alone = BATCH, 0, 1, True
        while seconds_left:
            try:
                done = self._run_batch(limit)
                remaining = self._has_due() if done else 0
                seconds_left = self.env["ir.cron"]._commit_progress(done, remaining=remaining)
            except CONCURRENCY:
                failures += 1
                if failures > PATIENCE:
                    raise
                self.env.cr.rollback()
                limit = max(1, limit // 4)
                continue
            if not done:
                break
            failures, limit = 0, BATCH
            if remaining and alone:
                self._call_helpers()
                alone = False
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
        self.env.cr.execute(
            SQL(
                "SELECT id FROM crm_nurture_enrollment"
                " WHERE state = 'waiting' AND due_at <= %s"
                " ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED",
                fields.Datetime.now(),
                limit,
            ),
            log_exceptions=False,
        )
        return self.browse(row[0] for row in self.env.cr.fetchall())

    def _run_step(self, step):
        """Do one step for those of these who do not have to leave before."""
        if step.sequence_id.state != "running":
            self._stop_with(step.sequence_id)
            return
        try:
            with self.env.cr.savepoint():
                ready = self._send_away()._hold_back(step)
        except CONCURRENCY:
            raise
        except Exception as error:  # noqa: BLE001 - one broken rule never stops the others
            self.env.invalidate_all(flush=False)
            step.sequence_id._note_problem(error)
            again = fields.Datetime.add(fields.Datetime.now(), minutes=TROUBLE_MINUTES)
            self._put_off(dict.fromkeys(self.ids, again))
            return
        ready._do_step(step)

    def _hold_back(self, step):
        """Let those wait for whom it is not the moment yet, though they are due; give the others.

        Who waits gets another `due_at`.
        """
        later = step._closed_until(self)
        self._put_off(later)
        return self.browse(key for key in self.ids if key not in later)

    def _stop_with(self, sequence):
        """Let those rest, or leave, whom the pause or the end of their sequence did not see."""
        if sequence.state == "closed":
            self._leave("exited", cause="closed")
        else:
            self.write({"state": "paused"})

    def _do_step(self, step):
        """Do the step for all together; if that fails halve them until the culprits stay."""
        error = self._attempt(step) if self else None
        if error is None:
            return
        passing = isinstance(error, TRANSIENT)
        if len(self) == 1:
            if not (passing and self._try_again(error)):
                self._quarantine(error)
            return
        rest = self._without_lucky(step) if passing else self
        if passing and rest == self and self._try_again(error):
            return
        half = (len(rest) + 1) // 2
        rest[:half]._do_step(step)
        rest[half:]._do_step(step)

    def _attempt(self, step):
        """Do the step for all together; give the error if it fails, and nothing was done."""
        try:
            with self.env.cr.savepoint():
                self._do_and_advance(step)
        except CONCURRENCY:
            raise
        except Exception as error:  # noqa: BLE001 - one bad record never stops the others
            self.env.invalidate_all(flush=False)
            return error
        return None

    def _without_lucky(self, step):
        """Do the step for the first and for the last; give those for whom it is not done."""
        ends = self[:1] | self[-1:]
        return self - ends.filtered(lambda one: one._attempt(step) is None)

    def _do_and_advance(self, step):
        fresh = self._note_deliveries(step)
        results = step._do(fresh) if fresh else {}
        later = {key: result.until for key, result in results.items() if result.until}
        self.browse(later)._take_back(step, later)
        results = {key: result for key, result in results.items() if key not in later}
        self._complete_deliveries(step, results)
        self.browse(key for key in self.ids if key not in later)._advance(step, results)
        self.env.flush_all()

    def _try_again(self, error):
        """Let all come to the step again later; tell whether they still may."""
        tries = max(self.mapped("tries"))
        if tries >= len(RETRY_MINUTES):
            return False
        _logger.info("Nurturing: %s come to their step again later: %s", self, error)
        self.write(
            {
                "due_at": fields.Datetime.add(fields.Datetime.now(), minutes=RETRY_MINUTES[tries]),
                "tries": tries + 1,
                "cause": "trouble",
                "reason": str(error)[:REASON_LENGTH],
            }
        )
        return True

    def _quarantine(self, error):
        _logger.info("Nurturing: %s is put into quarantine: %s", self, error)
        self.write({"state": "quarantine", "cause": "failed", "reason": str(error)[:REASON_LENGTH]})

    def _advance(self, step, results):
        """Let everybody come to the step that follows, or leave at the end."""
        path = step.version_id._path()
        after = {}
        for key in self.ids:
            result = results.get(key)
            if result and result.leaves:
                after[key] = ("leave", result.leaves)
            else:
                after[key] = ("step", path.after(step.id, result.branch if result else None))
        for (kind, value), ids in self._by_value(after).items():
            enrollments = self.browse(ids)
            if kind == "step" and value:
                enrollments._arrive(step.browse(value))
            elif kind == "step":
                enrollments._leave("done", cause="end")
            else:
                enrollments._leave(value, cause="exit")

    def _arrive(self, step):
        """Let them come to a step, each due at its own moment."""
        now = fields.Datetime.now()
        due = step._due_at(self, now)
        self.env.cr.execute(
            SQL(
                "UPDATE crm_nurture_enrollment e SET step_id = %s, arrived_at = %s,"
                " due_at = r.due_at, tries = 0, cause = NULL, reason = NULL, held_by = NULL"
                " FROM unnest(%s::int[], %s::timestamp[]) r (id, due_at) WHERE e.id = r.id",
                step.id,
                now,
                list(due),
                list(due.values()),
            )
        )
        self.invalidate_model()

    @api.model
    def _by_value(self, values):
        """Turn a dict around: value -> keys."""
        keys = {}
        for key, value in values.items():
            keys.setdefault(value, []).append(key)
        return keys
