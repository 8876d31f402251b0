from odoo import api, fields, models
from odoo.tools import SQL

MONTHS = "crm_lifecycle.nurture_retention_months"
USUAL_MONTHS = 24
CHUNK = 10_000


class CrmNurtureEnrollment(models.Model):
    """How long those who have left are kept.

    How long?
        So many months as the settings say (0: for ever). Then the figures are added up and the
        rows are deleted.
    And where nobody may come in twice?
        There the row of the person stays, without its steps: it is what says that this person
        was there, as long as the sequence is not closed.
    """

    _inherit = "crm.nurture.enrollment"

    @api.model
    def _retention_months(self):
        text = self.env["ir.config_parameter"].sudo().get_param(MONTHS) or ""
        return int(text) if text.isdigit() else USUAL_MONTHS

    @api.autovacuum
    def _gc_left(self):
        """Delete who left long ago; the figures stay."""
        months = self._retention_months()
        if not months:
            return None
        before = fields.Datetime.subtract(fields.Datetime.now(), months=months)
        done = self._forget_people(before) + self._forget_steps(before)
        return done, int(done >= CHUNK)

    @api.model
    def _forget_people(self, before):
        """Delete those who may come in again, or cannot any more; return how many."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT e.id FROM crm_nurture_enrollment e"
                " JOIN crm_nurture_sequence q ON q.id = e.sequence_id"
                " WHERE e.left_at < %s AND (q.state = 'closed' OR q.reentry = 'after'"
                "   AND e.left_at < %s - make_interval(days => q.reentry_days))"
                " ORDER BY e.left_at, e.id LIMIT %s",
                before,
                fields.Datetime.now(),
                CHUNK,
            )
        )
        gone = self.sudo().browse(row[0] for row in rows)
        self.env["crm.nurture.tally"].sudo()._add_up(gone)
        gone.unlink()
        return len(gone)

    @api.model
    def _forget_steps(self, before):
        """Delete the steps of those who stay noted; return how many people these were."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT e.id FROM crm_nurture_enrollment e WHERE e.left_at < %s"
                " AND EXISTS (SELECT FROM crm_nurture_delivery d WHERE d.enrollment_id = e.id)"
                " ORDER BY e.left_at LIMIT %s",
                before,
                CHUNK,
            )
        )
        ids = [row[0] for row in rows]
        if ids:
            whose = SQL("d.enrollment_id = ANY(%s)", ids)
            self.env["crm.nurture.tally"].sudo()._count_steps(whose)
            self.env.cr.execute(SQL("DELETE FROM crm_nurture_delivery d WHERE %s", whose))
            self.env["crm.nurture.delivery"].invalidate_model()
        return len(ids)
