from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from . import holdout

#: So many people are let in by one statement.
CHUNK = 10_000

#: Adds those who may come in: who is inside stays there, who was may come again after some days.
#: Who comes by an event comes in once by it.
ENROLL = """
    INSERT INTO crm_nurture_enrollment
           (sequence_id, version_id, %(subject)s, state, entered_at, round, tries)
    SELECT %(sequence)s, %(version)s, r.id,
           CASE WHEN %(held_out)s THEN 'holdout' ELSE 'waiting' END,
           %(now)s, COALESCE(past.rounds, 0) + 1, 0
      FROM unnest(%(ids)s::int[], %(dates)s::timestamp[]) r (id, date)
      LEFT JOIN LATERAL (
           SELECT COUNT(*) AS rounds, MAX(left_at) AS left_at, MAX(entered_at) AS entered_at,
                  bool_or(left_at IS NULL) AS inside
             FROM crm_nurture_enrollment
            WHERE sequence_id = %(sequence)s AND %(subject)s = r.id
      ) past ON TRUE
     WHERE NOT COALESCE(past.inside, FALSE)
       AND (past.rounds = 0 OR past.left_at < %(again)s AND past.entered_at < r.date)
       AND NOT (%(obstacles)s)
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

    def action_enroll_audience(self):
        """Let everybody in whom the sequence is for, now."""
        self.check_access("write")
        count = sum(sequence._enroll_audience() for sequence in self)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("People who came in: %(count)s", count=count),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

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
        now = fields.Datetime.now()
        ids, dates = map(list, zip(*people, strict=True))
        again = fields.Datetime.subtract(now, days=self.reentry_days)
        return SQL(
            ENROLL,
            subject=SQL.identifier(self._subject()),
            sequence=self.id,
            version=self.version_id.id,
            now=now,
            ids=ids,
            dates=dates,
            again=again if self.reentry == "after" else None,
            held_out=holdout.is_held_out_sql(self.id, SQL("r.id"), self.holdout_percent),
            obstacles=SQL(" OR ").join(self._closed_doors()),
        )

    def _closed_doors(self):
        """Give the conditions of who may not come in."""
        person = SQL("r.id")
        sequence = self.sudo()
        doors = [condition for _state, _cause, condition in sequence._obstacles(person)]
        doors.append(sequence._record(person, "who.privacy_restricted"))
        if sequence.company_id:
            other = SQL("who.company_id <> %s", sequence.company_id.id)
            doors.append(sequence._record(person, other))
        return doors
