from odoo import api, fields, models
from odoo.tools import mute_logger

from ..lifecycle.long_statement import CONCURRENCY

#: A segment that a sequence is for is brought up to date when it was not for so many minutes.
SEGMENT_MINUTES = 60
PROBLEM_LENGTH = 1000


class CrmNurtureSequence(models.Model):
    """The look around, every few minutes: who comes in, who has to leave, who goes on.

    What does it cost?
        A few statements for each sequence, whatever the number of people.
    What if something fails?
        `problem` says what, and the next sequence has its turn.
    """

    _inherit = "crm.nurture.sequence"

    watched_at = fields.Datetime("Looked at", readonly=True, copy=False)
    segment_read_at = fields.Datetime(readonly=True, copy=False)

    @api.model
    def _cron_watch(self):
        """Look at all sequences that have people, or let some in."""
        sequences = self.search([("state", "in", ("running", "paused"))])
        left = len(sequences)
        for sequence in sequences:
            sequence._watch()
            left -= 1
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                break
        self.env["crm.nurture.enrollment"]._wake()

    def _watch(self):
        """Look at one sequence; note a failure instead of raising it."""
        self.ensure_one()
        self.env.flush_all()
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self._refresh_segment()
                self.env["crm.nurture.enrollment"]._sweep(self)
                self.env["crm.nurture.enrollment"]._wake_answered(self)
                if self.state == "running":
                    self._let_in()
        except CONCURRENCY:
            raise
        except Exception as error:  # noqa: BLE001 - one broken sequence never stops the others
            self.env.invalidate_all(flush=False)
            self._note_problem(error)
        else:
            self._note_problem(None)
        self.watched_at = fields.Datetime.now()

    def _refresh_segment(self):
        """Bring the segment of the sequence up to date, once an hour."""
        if not self.segment_id:
            return
        now = fields.Datetime.now()
        since = fields.Datetime.subtract(now, minutes=SEGMENT_MINUTES)
        if not self.segment_read_at or self.segment_read_at <= since:
            self.segment_id._refresh()
            self.segment_read_at = now

    def _note_problem(self, error):
        """Write why the sequence cannot be evaluated, as far as it is not written there."""
        problem = str(error).strip()[:PROBLEM_LENGTH] if error else False
        if (self.problem or False) != problem:
            self.sudo().problem = problem

    @api.model
    def _call_watch(self):
        """Let the look around happen now."""
        cron = self._watch_cron()
        if cron:
            cron._trigger()

    @api.model
    def _watch_cron(self):
        """Give the scheduled action that looks around; nothing if somebody has deleted it."""
        cron = self.env.ref("crm_lifecycle.ir_cron_nurture_watch", raise_if_not_found=False)
        return (cron or self.env["ir.cron"]).sudo()
