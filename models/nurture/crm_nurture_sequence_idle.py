import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lifecycle.long_statement import CONCURRENCY
from .crm_nurture_sequence_trigger import LOGS

#: The signs of so many sequences are looked for by one statement.
CHUNK = 25

#: What is read of a step that people are woken from.
STEP_FIELDS = (
    ["sequence_id", "kind"]
    + ["check", "domain", "message_step_id", "link_url"]
    + ["wait_field", "wait_days", "wait_hour"]
)

_logger = logging.getLogger(__name__)


class CrmNurtureSequence(models.Model):
    """Where a look around would change something: one question about all sequences.

    What is a sign?
        The same conditions that the look itself uses: somebody has to leave, goes on, comes in.
        A sequence without any sign is left alone, and nothing is written but that it was looked at.
    What if a sequence cannot be evaluated?
        Then all are looked at one after the other, and each says what its problem is.
    """

    _inherit = "crm.nurture.sequence"

    watched_step_ids = fields.Many2many(
        "crm.nurture.step",
        compute="_compute_watched_step_ids",
        export_string_translation=False,
    )

    @api.depends(
        "version_ids.step_ids.kind",
        "version_ids.step_ids.timeout_number",
        "version_ids.step_ids.wait_mode",
    )
    def _compute_watched_step_ids(self):
        """Find the questions that are waited for, and the dates, for all sequences at once."""
        asking = Domain("kind", "=", "condition") & Domain("timeout_number", ">", 0)
        dates = Domain("kind", "=", "wait") & Domain("wait_mode", "=", "date")
        domain = Domain("sequence_id", "in", self.ids) & (asking | dates)
        steps = self.env["crm.nurture.step"].sudo()
        watched = steps.search_fetch(domain, STEP_FIELDS).grouped("sequence_id")
        for sequence in self:
            sequence.watched_step_ids = watched.get(sequence, steps)

    def _busy(self):
        """Give those of these sequences where something is to be done.

        To be asked before anything is written: the transaction begins anew if one of them fails.
        """
        busy = self.browse()
        for start in range(0, len(self), CHUNK):
            busy += self[start : start + CHUNK]._with_signs()
        (self - busy)._note_idle()
        return busy

    def _with_signs(self):
        """Give those that show a sign; all of them if one of them cannot be evaluated."""
        self.env.flush_all()
        try:
            found = [SQL("SELECT %s::int WHERE %s", one.id, one._sign()) for one in self]
            self.env.cr.execute(SQL(" UNION ALL ").join(found), log_exceptions=False)
        except CONCURRENCY:
            raise
        except Exception as error:  # noqa: BLE001 - each look finds out by itself
            _logger.info("Nurturing: all of %s are looked at, because one fails: %s", self, error)
            self.env.cr.rollback()
            return self
        seen = {row[0] for row in self.env.cr.fetchall()}
        return self.filtered(lambda one: one.id in seen)

    def _sign(self):
        """Give the condition that a look would change something."""
        if self.problem or self._segment_is_old():
            return SQL("TRUE")
        signs = [
            SQL(
                "EXISTS (SELECT FROM crm_nurture_enrollment e WHERE e.sequence_id = %s AND %s)",
                self.id,
                condition,
            )
            for condition, _values in self.env["crm.nurture.enrollment"]._changes(self)
        ]
        if self.state == "running":
            signs += self._signs_of_newcomers()
        return SQL("(%s)", SQL(" OR ").join(signs))

    def _signs_of_newcomers(self):
        """Give the conditions that somebody would come in, or that events are to be read."""
        if not self.begun:
            return [SQL("TRUE")]
        if self.trigger == "audience":
            return [SQL("EXISTS (%s)", self._newcomers(self._audience_now()))]
        if self.trigger == "anniversary":
            days = self._of_audience(self._anniversaries())
            return [SQL("EXISTS (%s)", self._newcomers(days))]
        if self.trigger in LOGS:
            table = self._event_log()[0]
            return [SQL("EXISTS (SELECT FROM %s t WHERE t.id > %s)", table, self.event_floor)]
        return []

    def _note_idle(self):
        """Note that these were looked at."""
        if not self:
            return
        self.env.cr.execute(
            SQL(
                "UPDATE crm_nurture_sequence SET watched_at = %(now)s, event_read_at ="
                " CASE WHEN trigger = 'anniversary' THEN %(now)s ELSE event_read_at END"
                " WHERE id = ANY(%(ids)s)",
                now=fields.Datetime.now(),
                ids=list(self.ids),
            )
        )
        self.invalidate_recordset(["watched_at", "event_read_at"], flush=False)
