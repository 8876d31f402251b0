import logging

from odoo import api, fields, models
from odoo.tools import mute_logger

from ..lifecycle.long_statement import CONCURRENCY

#: A segment that a sequence is for is brought up to date when it was not for so many minutes.
SEGMENT_MINUTES = 60
PROBLEM_LENGTH = 1000

#: So often another transaction may come in the way before a look is left to the next time.
PATIENCE = 3

_logger = logging.getLogger(__name__)


class CrmNurtureSequence(models.Model):
    """The look around, every few minutes: who comes in, who has to leave, who goes on.

    What does it cost?
        One statement for all sequences, which says where something is to be done; and there a few
        statements for each sequence, whatever the number of people.
    Which one has its turn first?
        The one that was looked at longest ago, so that none waits for ever for the others.
    What if something fails?
        `problem` says what, and the next sequence has its turn.
    What if another transaction comes in the way?
        The look is undone and taken again; after some times it is left to the next run.
    """

    _inherit = "crm.nurture.sequence"

    watched_at = fields.Datetime("Looked at", readonly=True, copy=False)
    segment_read_at = fields.Datetime(readonly=True, copy=False)

    @api.model
    def _cron_watch(self):
        """Look at all sequences that have people, or let some in."""
        busy = self._running()._busy()
        left = len(busy)
        for sequence in busy:
            sequence._watch_patiently()
            left -= 1
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                break
        self.env["crm.nurture.enrollment"]._wake()

    @api.model
    def _running(self):
        """Give the sequences to look at, that of the longest ago first."""
        names = [name for name, field in self._fields.items() if field.store and field.column_type]
        return self.search_fetch(
            [("state", "in", ("running", "paused"))], names, order="watched_at NULLS FIRST, id"
        )

    def _watch_patiently(self, tries=PATIENCE):
        """Look at one sequence; again, if another transaction comes in the way."""
        try:
            self._watch()
            self.env.flush_all()
        except CONCURRENCY:
            self.env.cr.rollback()
            if tries > 1:
                self._watch_patiently(tries - 1)
            else:
                _logger.info("Nurturing: too much going on in %s, looked at again later.", self)

    def _watch(self):
        """Look at one sequence; note a failure instead of raising it."""
        self.ensure_one()
        self.env.flush_all()
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self._refresh_segment()
                self.env["crm.nurture.enrollment"]._sweep(self)
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
        if self._segment_is_old():
            self.segment_id._refresh()
            self.segment_read_at = fields.Datetime.now()

    def _segment_is_old(self):
        since = fields.Datetime.subtract(fields.Datetime.now(), minutes=SEGMENT_MINUTES)
        read_at = self.segment_read_at
        return bool(self.segment_id) and (not read_at or read_at <= since)

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
