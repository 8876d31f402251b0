from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from . import holdout

#: So many people are let in by one statement.
CHUNK = 10_000

#: How often, and until when, somebody `r` was in the sequence.
PAST = """
      LEFT JOIN LATERAL (
           SELECT COUNT(*) AS rounds, MAX(left_at) AS left_at, MAX(entered_at) AS entered_at,
                  bool_or(left_at IS NULL) AS inside
             FROM crm_nurture_enrollment
            WHERE sequence_id = %(sequence)s AND %(subject)s = r.id
      ) past ON TRUE
"""

#: Who was in comes in again after some days, and only once by the same event.
AGAIN = "past.rounds = 0 OR past.left_at < %s AND past.entered_at < r.date"

#: Of some people: who is held out, the round, and the number of the first door that is closed.
ENTRANTS = """
    SELECT r.id, %(held_out)s AS held_out, COALESCE(past.rounds, 0) + 1 AS round,
           CASE %(doors)s END AS door
      FROM unnest(%(ids)s::int[], %(dates)s::timestamp[]) r (id, date)
           %(past)s
"""

#: Adds those who may come in.
ENROLL = """
    INSERT INTO crm_nurture_enrollment
           (sequence_id, version_id, %(subject)s, state, entered_at, round, tries)
    SELECT %(sequence)s, %(version)s, id, CASE WHEN held_out THEN 'holdout' ELSE 'waiting' END,
           %(now)s, round, 0
      FROM (%(entrants)s) entrants
     WHERE door IS NULL
    ON CONFLICT DO NOTHING
    RETURNING id, state
"""


class CrmNurtureSequence(models.Model):
    """How people come in.

    How many at once?
        Any number: they come from a query, in chunks, so that memory does not grow with them.
    Who may not come in?
        Who is inside; who was, except by the rule for coming in again; who would have to leave at
        once: at the goal already, archived, matching the exit rule; whose processing is
        restricted.
    And two runs at the same time?
        The database lets nobody in twice; the second run is done again.
    """

    _inherit = "crm.nurture.sequence"

    def _enroll(self, records):
        """Let leads or contacts in, if they may.

        :return: the new enrollments
        """
        self.ensure_one()
        if records._name != self.model:
            raise UserError(self.env._("“%s” is not for these records.", self.name))
        self._check_runs()
        now = fields.Datetime.now()
        entered = self._enroll_chunk([(record_id, now) for record_id in records.ids])
        self.env["crm.nurture.enrollment"].sudo()._wake()
        return entered

    def _enroll_query(self, query):
        """Let the people of a query in, if they may; return how many came.

        :param SQL query: of ids and of the moments of the events that bring them
        """
        self.ensure_one()
        self._check_runs()
        self.env.flush_all()
        self.env.cr.execute(SQL("DECLARE crm_nurture_people NO SCROLL CURSOR FOR %s", query))
        count = 0
        while people := self.env.execute_query(
            SQL("FETCH %s FROM crm_nurture_people", SQL(str(CHUNK)))
        ):
            count += len(self._enroll_chunk(people))
            self.env.invalidate_all()
        self.env.cr.execute("CLOSE crm_nurture_people")
        if count:
            self.env["crm.nurture.enrollment"].sudo()._wake()
        return count

    def _enroll_audience(self):
        """Let everybody in whom the sequence is for; return how many came."""
        return self._enroll_query(self._newcomers(self._audience_now()))

    def _check_runs(self):
        if self.state != "running":
            raise UserError(self.env._("“%s” does not run: publish it first.", self.name))

    def _enroll_chunk(self, people):
        """Let some people in.

        :param people: pairs of an id and of the moment of the event that brings it
        :return: the new enrollments
        """
        enrollments = self.env["crm.nurture.enrollment"].sudo()
        self.env.flush_all()
        rows = self.env.execute_query(self._enroll_statement(people)) if people else []
        waiting = enrollments.browse(key for key, state in rows if state == "waiting")
        if waiting:
            first = self.env["crm.nurture.step"].sudo().browse(self.version_id._path().first())
            waiting._arrive(first)
        return enrollments.browse(key for key, _state in rows)

    def _enroll_statement(self, people):
        return SQL(
            ENROLL,
            subject=SQL.identifier(self._subject()),
            sequence=self.id,
            version=self.version_id.id,
            now=fields.Datetime.now(),
            entrants=self._entrants(people),
        )

    def _entrants(self, people):
        """Give the query of who of some people may come in, and which door is closed to others.

        :param people: pairs of an id and of the moment of the event that brings it
        """
        ids, dates = map(list, zip(*people, strict=True))
        doors = SQL(" ").join(
            SQL("WHEN %s THEN %s", condition, number)
            for number, (_rule, condition) in enumerate(self._closed_doors())
        )
        return SQL(
            ENTRANTS,
            ids=ids,
            dates=dates,
            past=self._past_sql(),
            held_out=holdout.is_held_out_sql(self.id, SQL("r.id"), self.holdout_percent),
            doors=doors,
        )

    def _past_sql(self):
        """Give the join that adds their `past` in the sequence to people `r`."""
        return SQL(PAST, sequence=self.id, subject=SQL.identifier(self._subject()))

    def _closed_doors(self):
        """Give who may not come in, of people `r` with their `past`: list of (rule, condition)."""
        return [
            ("inside", SQL("COALESCE(past.inside, FALSE)")),
            ("again", SQL("(%s) IS NOT TRUE", SQL(AGAIN, self._again_since()))),
            *self._kept_out(),
        ]

    def _kept_out(self):
        """Give who of people `r` may not come in whatever their past: list of (rule, condition)."""
        person = SQL("r.id")
        sequence = self.sudo()
        kept_out = [(cause, condition) for _state, cause, condition in sequence._obstacles(person)]
        return [*kept_out, ("restricted", sequence._record(person, "who.privacy_restricted"))]

    def _again_since(self):
        """Give the moment before which somebody must have left to come in again; None: never."""
        if self.reentry != "after":
            return None
        return fields.Datetime.subtract(fields.Datetime.now(), days=self.reentry_days)

    def _cause_of_door(self, number):
        """Give the rule behind the number of a door; see `_entrants`."""
        return self._closed_doors()[number][0]
