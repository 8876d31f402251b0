from odoo import api, fields, models
from odoo.tools import SQL

from .crm_nurture_enrollment import CAUSES


class CrmNurtureTally(models.Model):
    """The figures of people whose rows are gone: counts, and nobody's name.

    What is counted?
        Without a step: the people, by the state in which they ended. With a step: what it did.
        Figures of a sequence are those of the rows that are there and these together.
    When?
        Before rows are deleted: by the retention, or with the lead or contact.
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
    goals = fields.Integer("Reached the Goal", required=True, default=0)
    count = fields.Integer(required=True, default=0)

    _once = models.UniqueIndex("(version_id, COALESCE(step_id, 0), outcome, COALESCE(cause, ''))")

    @api.model
    def _add_up(self, enrollments):
        """Count these people and their steps, before they are deleted."""
        if not enrollments:
            return
        self.env.flush_all()
        self._count(
            SQL(
                "SELECT e.sequence_id, e.version_id, NULL::int, e.state, e.cause,"
                " COUNT(e.goal_at), COUNT(*) FROM crm_nurture_enrollment e"
                " WHERE e.id = ANY(%s) GROUP BY 1, 2, 4, 5",
                list(enrollments.ids),
            )
        )
        self._count_steps(SQL("d.enrollment_id = ANY(%s)", list(enrollments.ids)))

    @api.model
    def _count_steps(self, condition):
        """Count deliveries by what became of them."""
        self._count(
            SQL(
                "SELECT e.sequence_id, e.version_id, d.step_id, %s, NULL, 0, COUNT(*)"
                " FROM crm_nurture_delivery d"
                " JOIN crm_nurture_enrollment e ON e.id = d.enrollment_id"
                " WHERE %s GROUP BY 1, 2, 3, 4",
                self.env["crm.nurture.delivery"]._tallied_outcome(),
                condition,
            )
        )

    @api.model
    def _count(self, query):
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_nurture_tally"
                " (sequence_id, version_id, step_id, outcome, cause, goals, count) %s"
                " ON CONFLICT (version_id, COALESCE(step_id, 0), outcome, COALESCE(cause, ''))"
                " DO UPDATE SET count = crm_nurture_tally.count + EXCLUDED.count,"
                " goals = crm_nurture_tally.goals + EXCLUDED.goals",
                query,
            )
        )
        self.invalidate_model()
