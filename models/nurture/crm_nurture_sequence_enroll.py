from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Adds those who may come in: who is inside stays there, who was may come again after some days.
ENROLL = """
    INSERT INTO crm_nurture_enrollment
           (sequence_id, version_id, %(subject)s, state, step_id, entered_at, round, tries)
    SELECT %(sequence)s, %(version)s, r.id, 'waiting', %(step)s, %(now)s,
           COALESCE(past.rounds, 0) + 1, 0
      FROM unnest(%(ids)s) r (id)
      LEFT JOIN LATERAL (
           SELECT COUNT(*) AS rounds, MAX(left_at) AS left_at, bool_or(left_at IS NULL) AS inside
             FROM crm_nurture_enrollment
            WHERE sequence_id = %(sequence)s AND %(subject)s = r.id
      ) past ON TRUE
     WHERE NOT COALESCE(past.inside, FALSE)
       AND (past.rounds = 0 OR past.left_at < %(again)s)
    RETURNING id
"""


class CrmNurtureSequence(models.Model):
    """How people come in.

    How many at once?
        Any number: one statement for all. Two runs at once let nobody in twice: they wait for
        each other.
    """

    _inherit = "crm.nurture.sequence"

    def _enroll(self, records):
        """Let leads or contacts in, if they may.

        :return: the new enrollments
        """
        self.ensure_one()
        if records._name != self.model:
            raise UserError(self.env._("“%s” is not for these records.", self.name))
        if self.state != "running":
            raise UserError(self.env._("“%s” does not run: publish it first.", self.name))
        enrollments = self.env["crm.nurture.enrollment"].sudo()
        first = self.env["crm.nurture.step"].browse(self.version_id._path().first())
        self.env.cr.execute(
            SQL("SELECT pg_advisory_xact_lock(hashtext('crm_nurture_enroll'), %s)", self.id)
        )
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                ENROLL,
                subject=SQL.identifier(self._subject()),
                sequence=self.id,
                version=self.version_id.id,
                step=first.id,
                now=now,
                ids=list(records.ids),
                again=fields.Datetime.subtract(now, days=self.reentry_days)
                if self.reentry == "after"
                else None,
            )
        )
        entered = enrollments.browse(row[0] for row in rows)
        if entered:
            entered._arrive(first)
            enrollments._wake()
        return entered
