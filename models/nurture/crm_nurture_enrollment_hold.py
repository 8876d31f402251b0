from odoo import api, fields, models
from odoo.tools import SQL

from . import frequency, timetable
from .crm_nurture_step import MESSAGES

#: Each whole period that somebody has waited counts as much as this much priority, so that what
#: matters less is not put off for ever.
PATIENCE = 10
WEIGHT = "%(priority)s + %(patience)s * floor(extract(epoch FROM %(now)s - %(since)s) / %(period)s)"

#: How many messages that matter more are due for the same people now.
RIVALS = """
    SELECT e.id, count(*) FROM crm_nurture_enrollment e
      JOIN crm_nurture_enrollment o ON o.%(subject)s = e.%(subject)s
      JOIN crm_nurture_sequence q ON q.id = o.sequence_id
      JOIN crm_nurture_step s ON s.id = o.step_id
     WHERE e.id = ANY(%(ids)s) AND o.state = 'waiting' AND o.due_at <= %(now)s
       AND s.kind IN %(kinds)s AND o.sequence_id <> %(sequence)s
       AND (%(theirs)s, -q.id) > (%(ours)s, -%(sequence)s)
     GROUP BY e.id
"""

#: How many messages of these sequences are due now and matter more than one that waits since.
RESERVED = """
    SELECT count(*) FROM crm_nurture_enrollment o
      JOIN crm_nurture_step s ON s.id = o.step_id
      JOIN crm_nurture_sequence q ON q.id = o.sequence_id
     WHERE o.state = 'waiting' AND o.due_at <= %(now)s AND s.kind IN %(kinds)s
       AND o.sequence_id = ANY(%(sequences)s) AND %(theirs)s > %(ours)s
"""


class CrmNurtureEnrollment(models.Model):
    """Nobody gets too many messages, and no more leave in a day than the budget allows.

    What counts for the cap?
        Every e-mail and SMS of sequences and of mailings, to the record, its address or its
        number. What a contract or a law orders to send is not held back.
    Who goes first?
        The sequence with the higher priority; what has to wait comes when there is room, and
        is never dropped. The longer it waits the more it matters.
    Whose budget is it, and when does a day begin?
        That of the company of the sequence, in its time zone; without one: of its owner's.
    What is over the budget?
        Is spread over the next days, at the same time of day. Two engines that work at the same
        moment may each send what is left of the day.
    """

    _inherit = "crm.nurture.enrollment"

    held_by = fields.Selection(
        [("cap", "Enough messages for now"), ("budget", "Enough messages today")],
        help="Why the next message waits although its time has come.",
    )

    _budget_idx = models.Index("(sequence_id, due_at) WHERE held_by = 'budget'")

    def _hold_back(self, step):
        """Let those wait who may not get a message now; give the others."""
        going = super()._hold_back(step)
        if step.kind not in MESSAGES or not going:
            return going
        return going._hold_capped(step)._hold_over_budget(step)

    # ------------------------------------------------------------
    # The cap of a person
    # ------------------------------------------------------------

    def _hold_capped(self, step):
        """Let those wait who got enough messages lately; give the others."""
        number, days = step.sequence_id._message_cap(step)
        if not number:
            return self
        now = fields.Datetime.now()
        records = self._records()
        got = records.env["mailing.trace"]._messages_since(
            records, fields.Datetime.subtract(now, days=days)
        )
        rivals = self._rivals(step, days)
        later = {}
        for key, record_id in zip(self.ids, records.ids, strict=True):
            dates = got.get(record_id, [])
            moment = frequency.put_off(dates, rivals.get(key, 0), number, days, now)
            if moment:
                later[key] = moment
        self._hold("cap", later)
        return self.browse(key for key in self.ids if key not in later)

    def _rivals(self, step, days):
        """Count the messages that matter more and are due: dict of id -> number."""
        sequence = step.sequence_id
        return dict(
            self.env.execute_query(
                SQL(
                    RIVALS,
                    subject=SQL.identifier(sequence._subject()),
                    ids=list(self.ids),
                    now=fields.Datetime.now(),
                    kinds=tuple(MESSAGES),
                    sequence=sequence.id,
                    theirs=_weight(SQL("q.priority"), SQL("o.arrived_at"), days),
                    ours=_weight(sequence.priority, SQL("e.arrived_at"), days),
                )
            )
        )

    # ------------------------------------------------------------
    # The budget of a day
    # ------------------------------------------------------------

    def _hold_over_budget(self, step):
        """Let those wait for whom nothing is left today; give the others."""
        going = self
        sequence = step.sequence_id
        for budget, sequences in sequence._budgets():
            reserved = going._count_reserved(sequence, sequences - sequence)
            going = going._hold_over(sequence._sending_company(), budget, sequences, reserved)
        return going

    def _hold_over(self, company, budget, sequences, reserved):
        """Let those wait who are beyond the budget that some sequences share."""
        if not self:
            return self
        zone = company.partner_id.tz or "UTC"
        now = fields.Datetime.now()
        taken = self._count_today(sequences, zone) + reserved
        loads = self._loads(sequences, now, zone) if budget - taken < len(self) else {}
        count, days = frequency.within(budget, len(self), taken, loads)
        first = self.sorted(lambda one: (one.arrived_at or one.entered_at, one.id))
        later = {
            key: timetable.after(now, day, "days", zone)
            for key, day in zip(first.ids[count:], days, strict=True)
        }
        self._hold("budget", later)
        return first[:count]

    @api.model
    def _count_today(self, sequences, zone):
        """Count what these sequences have handed over today."""
        today = timetable.localized(fields.Datetime.now(), zone).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM crm_nurture_delivery d JOIN crm_nurture_step s"
                " ON s.id = d.step_id WHERE d.date >= %s AND d.outcome = 'queued'"
                " AND s.sequence_id = ANY(%s)",
                timetable.in_utc(today),
                list(sequences.ids),
            )
        )
        return rows[0][0]

    def _count_reserved(self, sequence, others):
        """Count the due messages of other sequences that matter more than these."""
        if not (self and others):
            return 0
        days = max(1, sequence._sending_company().nurture_cap_days)
        since = min(one.arrived_at or one.entered_at for one in self)
        [(count,)] = self.env.execute_query(
            SQL(
                RESERVED,
                now=fields.Datetime.now(),
                kinds=tuple(MESSAGES),
                sequences=list(others.ids),
                theirs=_weight(SQL("q.priority"), SQL("o.arrived_at"), days),
                ours=_weight(sequence.priority, SQL("%s::timestamp", since), days),
            )
        )
        return count

    @api.model
    def _loads(self, sequences, now, zone):
        """Count who waits for each of the next days: dict of days from now -> number."""
        rows = self.env.execute_query(
            SQL(
                "SELECT due_at, count(*) FROM crm_nurture_enrollment"
                " WHERE held_by = 'budget' AND due_at > %s AND sequence_id = ANY(%s)"
                " GROUP BY due_at",
                now,
                list(sequences.ids),
            )
        )
        today = timetable.localized(now, zone).date()
        loads = {}
        for moment, count in rows:
            day = (timetable.localized(moment, zone).date() - today).days
            loads[day] = loads.get(day, 0) + count
        return loads

    # ------------------------------------------------------------

    def _hold(self, held_by, later):
        """Let each wait until its moment: dict of id -> moment."""
        if not later:
            return
        self.env.cr.execute(
            SQL(
                "UPDATE crm_nurture_enrollment e SET due_at = r.due_at, held_by = %s"
                " FROM unnest(%s::int[], %s::timestamp[]) r (id, due_at) WHERE e.id = r.id",
                held_by,
                list(later),
                list(later.values()),
            )
        )
        self.invalidate_recordset(["due_at", "held_by"])


def _weight(priority, since, days):
    """Give the SQL of how much a message matters: its priority, and how long it has waited."""
    return SQL(
        WEIGHT,
        priority=priority,
        patience=PATIENCE,
        now=SQL("%s::timestamp", fields.Datetime.now()),
        since=since,
        period=days * 86_400,
    )
