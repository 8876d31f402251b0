from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

TRIGGERS = [
    ("manual", "By hand"),
    ("audience", "Matches the audience"),
    ("segment", "Enters the segment"),
    ("stage", "Reaches a lifecycle stage"),
    ("score", "Crosses a score"),
    ("created", "Is created"),
    ("form", "Submits a form"),
    ("rfm", "Changes the RFM segment"),
    ("anniversary", "Anniversary of a date"),
]

#: The rows that tell of an event: table, who, when, and which of them.
LOGS = {
    "segment": ("crm_segment_member", "%(subject)s", "entered_at", "t.segment_id = %(segment)s"),
    "stage": (
        "crm_lifecycle_transition",
        "%(subject)s",
        "date",
        "t.to_stage_id = %(stage)s AND t.direction <> 'exit'",
    ),
    "score": (
        "crm_score_history",
        "%(subject)s",
        "date",
        "t.score >= %(score)s AND COALESCE(t.old_score, 0) < %(score)s",
    ),
    "created": ("%(table)s", "id", "create_date", "TRUE"),
    "form": ("crm_touchpoint", "%(subject)s", "date", "t.event = 'submitted' AND NOT t.is_bot"),
    # a day, not a moment: it counts until its end
    "rfm": (
        "crm_rfm_move",
        "partner_id",
        "date::timestamp + interval '1 day'",
        "t.to_segment_id = ANY(%(rfm)s) AND t.cause = 'customer'",
    ),
}

#: The oldest transaction that still writes, and this one: it is younger than all that do.
WRITERS = """
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
           pg_current_xact_id()::text::bigint
"""

#: So many days of a stop are made up for.
ANNIVERSARY_DAYS = 7


class CrmNurtureSequence(models.Model):
    """What brings people in by itself: the events that Odoo and this application note.

    Which of them count?
        Those noted since the sequence was published, of people whom the sequence is for. With
        `with_present` it also begins with everybody whom it is for at that moment.
    How is no event missed?
        Events get their numbers when they are noted, and are seen when their transaction is over,
        in any order. So `event_floor` is raised only to a number that was the highest before all
        transactions began that still write; `event_horizon` is the database's own number of the
        transaction that saw it. Events above are read again, and bring nobody in twice.
    """

    _inherit = "crm.nurture.sequence"

    # who
    segment_id = fields.Many2one("crm.segment", "For the Segment", ondelete="restrict")
    domain = fields.Char("Filter", default="[]")
    # when
    trigger = fields.Selection(TRIGGERS, "Who Comes In", required=True, default="manual")
    with_present = fields.Boolean(
        "Begin with Everybody", help="Let all in at the start whom the sequence is for."
    )
    trigger_stage_id = fields.Many2one("crm.lifecycle.stage", "Stage", ondelete="restrict")
    trigger_score = fields.Integer("Score", default=60)
    trigger_rfm_ids = fields.Many2many(
        "crm.rfm.segment", "crm_nurture_sequence_rfm_rel", string="To the RFM Segments"
    )
    trigger_field = fields.Char("Date", help="The field whose anniversary it is.")
    trigger_days = fields.Integer("Days after the Date", help="Negative: so many days before.")
    # how far the events were read
    event_floor = fields.Integer(readonly=True, copy=False, export_string_translation=False)
    event_next = fields.Integer(readonly=True, copy=False, export_string_translation=False)
    event_horizon = fields.Char(readonly=True, copy=False, export_string_translation=False)
    event_read_at = fields.Datetime(readonly=True, copy=False, export_string_translation=False)
    begun = fields.Boolean(readonly=True, copy=False, export_string_translation=False)

    @api.constrains("trigger", "model", "segment_id", "trigger_stage_id", "trigger_field")
    def _check_trigger(self):
        for sequence in self:
            missing = sequence._missing_of_trigger()
            if missing:
                raise ValidationError(missing)

    @api.constrains("segment_id", "model")
    def _check_segment(self):
        for sequence in self:
            if sequence.segment_id and sequence.segment_id.model != sequence.model:
                raise ValidationError(
                    self.env._(
                        "The segment “%(segment)s” is made of other records than the sequence"
                        " “%(sequence)s”. Choose one of the same kind.",
                        segment=sequence.segment_id.name,
                        sequence=sequence.name,
                    )
                )

    def _missing_of_trigger(self):
        """Say what the trigger needs and does not have; None if it has everything."""
        if self.trigger == "segment" and not self.segment_id:
            return self.env._("Choose the segment that people enter.")
        if self.trigger == "stage" and not self.trigger_stage_id:
            return self.env._("Choose the lifecycle stage that people reach.")
        if self.trigger == "rfm" and self.model != "res.partner":
            return self.env._("Only contacts have an RFM segment: make the sequence for contacts.")
        if self.trigger == "anniversary":
            field = self.env[self.model]._fields.get(self.trigger_field or "")
            if field is None or field.type not in ("date", "datetime") or not field.store:
                return self.env._("Choose the date whose anniversary counts.")
        return None

    def write(self, vals):
        """Count events from now on when they are other ones than before."""
        result = super().write(vals)
        if "trigger" in vals or "model" in vals:
            self.filtered(lambda one: one.state == "running")._begin_reading()
        return result

    def action_publish(self):
        """Begin to read the events with the first version."""
        fresh = self.filtered(lambda one: not one.version_id)
        result = super().action_publish()
        fresh._begin_reading()
        self._call_watch()
        return result

    def _begin_reading(self):
        """Leave out what was noted before now."""
        for sequence in self.sudo():
            last = sequence._last_event()
            sequence.write(
                {
                    "event_floor": last,
                    "event_next": last,
                    "event_horizon": False,
                    "event_read_at": fields.Datetime.now(),
                    "begun": not sequence.with_present,
                }
            )

    def _let_in(self):
        """Let those in whom the trigger brings; return how many came."""
        self.ensure_one()
        count = 0
        if self._begins_with_all():
            count += self._enroll_audience()
            self.begun = True
        if self.trigger in LOGS:
            self._raise_floor()
            count += self._enroll_query(self._of_audience(self._events()))
        if self.trigger == "anniversary":
            people = self._of_audience(self._anniversaries())
            count += self._enroll_query(self._newcomers(people))
            self.event_read_at = fields.Datetime.now()
        return count

    def _of_audience(self, events):
        """Give the query of the last event of each, of those whom the sequence is for."""
        return SQL(
            "SELECT id, MAX(date) AS date FROM (%s) event WHERE id IN (%s) GROUP BY id",
            events,
            self._audience().select(),
        )

    def _event_log(self):
        """Give table, person, moment and condition of the events of the trigger."""
        table, person, date, condition = (
            text % {"table": self.env[self.model]._table, "subject": self._subject()}
            if "%(table)s" in text or text == "%(subject)s"
            else text
            for text in LOGS[self.trigger]
        )
        values = {
            "segment": self.segment_id.id,
            "stage": self.trigger_stage_id.id,
            "score": self.trigger_score,
            "rfm": self.trigger_rfm_ids.ids,
        }
        return SQL.identifier(table), SQL.identifier("t", person), date, SQL(condition, **values)

    def _events(self):
        """Give the query of the new events: who, and when."""
        table, person, date, condition = self._event_log()
        return SQL(
            "SELECT %(person)s AS id, t.%(date)s AS date FROM %(table)s t"
            " WHERE t.id > %(floor)s AND %(person)s IS NOT NULL AND %(condition)s",
            person=person,
            date=SQL(date),
            table=table,
            floor=self.event_floor,
            condition=condition,
        )

    def _last_event(self):
        if self.trigger not in LOGS:
            return 0
        self.env.flush_all()
        table = self._event_log()[0]
        return self.env.execute_query(SQL("SELECT COALESCE(MAX(id), 0) FROM %s", table))[0][0]

    def _raise_floor(self):
        """Leave behind the events that were surely read before."""
        self.env.cr.execute(WRITERS)
        oldest, this = self.env.cr.fetchone()
        if int(self.event_horizon or 0) < oldest:
            self.write(
                {
                    "event_floor": self.event_next,
                    "event_next": self._last_event(),
                    "event_horizon": str(this),
                    "event_read_at": fields.Datetime.now(),
                }
            )

    def _anniversaries(self):
        """Give the query of whose anniversary has come since the last look.

        Who was born on 29 February celebrates on the 28th in other years.
        """
        today = fields.Date.context_today(self.with_context(tz=self.user_id.tz or "UTC"))
        since = self.event_read_at.date() if self.event_read_at else today
        first = max(since, today - timedelta(days=ANNIVERSARY_DAYS))
        days = [first + timedelta(days=number) for number in range((today - first).days + 1)]
        column = SQL.identifier("r", self.trigger_field)
        return SQL(
            """
            SELECT r.id, d.day::timestamp + interval '1 day' AS date
              FROM %(table)s r
              JOIN unnest(%(days)s::date[], %(shifted)s::date[]) d (day, shifted) ON
                   (r.column_date + make_interval(years =>
                        (extract(year FROM d.shifted) - extract(year FROM r.column_date))::int
                   ))::date = d.shifted
            """,
            table=SQL(
                "(SELECT r.id, %s::date AS column_date FROM %s r WHERE %s IS NOT NULL)",
                column,
                SQL.identifier(self.env[self.model]._table),
                column,
            ),
            days=days,
            shifted=[day - timedelta(days=self.trigger_days) for day in days],
        )
