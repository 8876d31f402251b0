from collections import Counter

from odoo import fields, models
from odoo.tools import SQL

from .crm_nurture_step import MESSAGES
from .dry_run_limits import Budget

#: The next messages of other sequences; what matters less comes after ours.
OTHERS = """
    SELECT o.%(subject)s, GREATEST(o.due_at, %(now)s) + CASE
               WHEN (q.priority, -q.id) > (%(priority)s, -%(sequence)s) THEN interval '0'
               ELSE interval '1 minute' END
      FROM crm_nurture_enrollment o
      JOIN crm_nurture_sequence q ON q.id = o.sequence_id
      JOIN crm_nurture_step s ON s.id = o.step_id
     WHERE o.sequence_id <> %(sequence)s AND o.state = 'waiting' AND s.kind IN %(kinds)s
       AND o.%(subject)s = ANY(%(ids)s)
"""
WAITING = """
    SELECT GREATEST(e.due_at, %(now)s), e.held_by IS NOT DISTINCT FROM 'budget',
           q.priority > %(priority)s, count(*)
      FROM crm_nurture_enrollment e
      JOIN crm_nurture_sequence q ON q.id = e.sequence_id
      JOIN crm_nurture_step s ON s.id = e.step_id
     WHERE e.sequence_id = ANY(%(ids)s) AND e.state = 'waiting' AND s.kind IN %(kinds)s
     GROUP BY 1, 2, 3
"""


class CrmNurtureSequence(models.Model):
    """What a dry run has to know of the limits of messages: what people got, and will get."""

    _inherit = "crm.nurture.sequence"

    def _foresee_limits(self, run, steps):
        """Read what counts for the limits of a person and of a day."""
        writing = steps.filtered(lambda step: step.kind in MESSAGES)
        caps = [self._message_cap(step) for step in writing]
        days = max((days for number, days in caps if number), default=0)
        if days and run.records:
            self._foresee_cap(run, days)
        for limit, sequences in self._budgets() if writing else ():
            run.limits.budgets.append(self._foreseen_budget(run, limit, sequences))

    def _foresee_cap(self, run, days):
        records = self.env[self.model].browse(run.records)
        since = fields.Datetime.subtract(run.start, days=days)
        run.limits.got = self.env["mailing.trace"]._messages_since(records, since)
        others = SQL(
            OTHERS,
            subject=SQL.identifier(self._subject()),
            now=run.start,
            priority=self.priority,
            sequence=self.id,
            kinds=tuple(MESSAGES),
            ids=run.records,
        )
        for record_id, moment in self.env.execute_query(others):
            run.limits.got.setdefault(record_id, []).append(moment)
        people = SQL(
            "SELECT id, email_normalized, phone_sanitized FROM %s WHERE id = ANY(%s)",
            SQL.identifier(records._table),
            run.records,
        )
        for record_id, email, phone in self.env.execute_query(people):
            keys = [("record", record_id), ("email", email), ("phone", phone)]
            run.limits.keys[record_id] = [key for key in keys if key[1]]

    def _foreseen_budget(self, run, limit, sequences):
        """Give the budget of a day, with what it has for other sequences."""
        taken, loads = Counter(), Counter()
        enrollments = self.env["crm.nurture.enrollment"]
        taken[run.log.day(run.start)] = enrollments._count_today(sequences, run.limits.zone)
        others = sequences - self
        query = SQL(
            WAITING,
            now=run.start,
            priority=self.priority,
            ids=list(others.ids),
            kinds=tuple(MESSAGES),
        )
        for moment, held, before_us, count in self.env.execute_query(query) if others else ():
            if held:
                loads[run.log.day(moment)] += count
            if before_us:
                taken[run.log.day(moment)] += count
        return Budget(limit, taken, loads)
