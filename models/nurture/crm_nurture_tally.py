from odoo import api, fields, models
from odoo.tools import SQL

from . import compared
from .crm_nurture_enrollment import CAUSES

#: What is counted together.
KEY = (
    "(version_id, COALESCE(step_id, 0), outcome, COALESCE(cause, ''), COALESCE(variant, ''),"
    " COALESCE(rule, ''), month, COALESCE(company_id, 0))"
)
COUNTS = ("goals", "compared", "successes", "count")

#: People by what became of them.
PEOPLE = """
    SELECT e.sequence_id, e.version_id, NULL::int, e.state, e.cause, NULL, NULL,
           date_trunc('month', e.entered_at)::date,
           COALESCE(l.company_id, p.company_id, q.company_id),
           COUNT(e.goal_at), COUNT(*) FILTER (WHERE %(mature)s),
           COUNT(*) FILTER (WHERE %(mature)s AND %(success)s), COUNT(*)
      FROM crm_nurture_enrollment e
      JOIN crm_nurture_sequence q ON q.id = e.sequence_id
      LEFT JOIN crm_lead l ON l.id = e.lead_id
      LEFT JOIN res_partner p ON p.id = e.partner_id
     WHERE e.id = ANY(%(ids)s)
     GROUP BY 1, 2, 4, 5, 8, 9
"""

#: Steps by what became of them, from rows of the report.
STEPS = """
    SELECT r.sequence_id, r.version_id, r.step_id, r.outcome, NULL, r.variant, r.rule,
           date_trunc('month', r.date)::date, r.company_id, 0, 0, 0, COUNT(*)
      FROM (%s) r GROUP BY 1, 2, 3, 4, 6, 7, 8, 9
"""


class CrmNurtureTally(models.Model):
    """The figures of people whose rows are gone: counts, and nobody's name.

    What is counted?
        Without a step: the people, by the state in which they ended and the month in which they
        came in. With a step: what became of it, by the month in which it was done. Figures of a
        sequence are those of the rows that are there and these together.
    When?
        Before rows are deleted: by the retention, or with the lead or contact.
    Which of the people can be compared with those held out?
        Those who were there long enough; see `compared`.
    """

    _name = "crm.nurture.tally"
    _description = "Figures of Former People in Sequences"
    _order = "version_id, step_id, id"
    _log_access = False

    sequence_id = fields.Many2one(
        "crm.nurture.sequence", required=True, ondelete="cascade", index=True
    )
    version_id = fields.Many2one("crm.nurture.version", required=True, ondelete="cascade")
    step_id = fields.Many2one("crm.nurture.step", ondelete="cascade", index="btree_not_null")
    outcome = fields.Char(required=True, help="The state of people, the outcome of steps.")
    cause = fields.Selection(CAUSES)
    variant = fields.Char("Version of the Message")
    rule = fields.Char(help="The rule that kept a message back.")
    month = fields.Date(required=True, default=fields.Date.today)
    company_id = fields.Many2one("res.company", ondelete="cascade")
    goals = fields.Integer("Reached the Goal", required=True, default=0)
    compared = fields.Integer("Can Be Compared", required=True, default=0)
    successes = fields.Integer("Reached the Goal in Time", required=True, default=0)
    count = fields.Integer(required=True, default=0)

    _once = models.UniqueIndex(KEY)

    @api.model
    def _add_up(self, enrollments):
        """Count these people and their steps, before they are deleted."""
        if not enrollments:
            return
        self.env.flush_all()
        self._count(
            SQL(PEOPLE, mature=compared.MATURE, success=compared.SUCCESS, ids=list(enrollments.ids))
        )
        self._count_steps(SQL("d.enrollment_id = ANY(%s)", list(enrollments.ids)))

    @api.model
    def _count_steps(self, condition):
        """Count deliveries `d` by what became of them."""
        self._count(SQL(STEPS, self.env["crm.nurture.report"]._living_sql(condition)))

    @api.model
    def _count(self, query):
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_nurture_tally (sequence_id, version_id, step_id, outcome, cause,"
                " variant, rule, month, company_id, goals, compared, successes, count)"
                " %s ON CONFLICT %s DO UPDATE SET %s",
                query,
                SQL(KEY),
                SQL(", ").join(
                    SQL("%s = crm_nurture_tally.%s + EXCLUDED.%s", name, name, name)
                    for name in map(SQL.identifier, COUNTS)
                ),
            )
        )
        self.invalidate_model()
