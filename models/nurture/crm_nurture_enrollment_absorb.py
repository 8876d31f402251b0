from odoo import api, models
from odoo.tools import SQL


class CrmNurtureEnrollment(models.Model):
    """What becomes of people in sequences when records are merged or deleted.

    Two of the same person inside of one sequence?
        The one who got further goes on, so that no step comes again; the other has left.
    A deleted record?
        Its enrollments go with it; what they had become stays in the figures (`crm.nurture.tally`).
    """

    _inherit = "crm.nurture.enrollment"

    @api.model
    def _absorb(self, subject, from_ids, to_id):
        """Give the enrollments of merged records to the record that stays.

        :param str subject: lead_id or partner_id
        """
        values = {
            "subject": SQL.identifier(subject),
            "all": (*from_ids, to_id),
            "gone": tuple(from_ids),
            "stays": to_id,
            "left": self._as_left("exited", "merged"),
        }
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH inside AS (
                    SELECT e.id, row_number() OVER (
                               PARTITION BY e.sequence_id
                               ORDER BY e.state = 'holdout', done.steps DESC, e.entered_at, e.id
                           ) AS place
                      FROM crm_nurture_enrollment e
                      LEFT JOIN LATERAL (SELECT COUNT(*) AS steps FROM crm_nurture_delivery d
                                          WHERE d.enrollment_id = e.id) done ON TRUE
                     WHERE e.%(subject)s IN %(all)s AND e.left_at IS NULL
                )
                UPDATE crm_nurture_enrollment e
                   SET %(left)s
                  FROM inside WHERE inside.id = e.id AND inside.place > 1
                """,
                **values,
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE crm_nurture_enrollment SET %(subject)s = %(stays)s"
                " WHERE %(subject)s IN %(gone)s",
                **values,
            )
        )
        self.invalidate_model()

    @api.model
    def _count_deleted(self, subject, ids):
        """Keep the figures of records that are about to be deleted."""
        enrollments = self.sudo().search([(subject, "in", ids)])
        self.env["crm.nurture.tally"].sudo()._add_up(enrollments)
