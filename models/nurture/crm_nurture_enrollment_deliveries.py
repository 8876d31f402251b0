from odoo import fields, models
from odoo.tools import SQL


class CrmNurtureEnrollment(models.Model):
    """The deliveries that the engine writes: what was done, once for each person and step."""

    _inherit = "crm.nurture.enrollment"

    def _note_deliveries(self, step):
        """Note the step as done; give those for whom it was not."""
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO crm_nurture_delivery (enrollment_id, step_id, round, date, outcome)"
                " SELECT id, %s, round, %s, 'done' FROM unnest(%s) e (id)"
                " JOIN crm_nurture_enrollment USING (id)"
                " ON CONFLICT DO NOTHING RETURNING enrollment_id",
                step.id,
                fields.Datetime.now(),
                list(self.ids),
            )
        )
        fresh = {row[0] for row in rows}
        return self.browse(key for key in self.ids if key in fresh)

    def _take_back(self, step, moments):
        """Forget what was noted for those who do the step later.

        :param dict moments: enrollment id -> when
        """
        if not moments:
            return
        self.env.cr.execute(
            SQL(
                "DELETE FROM crm_nurture_delivery d USING crm_nurture_enrollment e"
                " WHERE e.id = ANY(%s) AND d.enrollment_id = e.id AND d.step_id = %s"
                " AND d.round = e.round",
                list(moments),
                step.id,
            )
        )
        self._put_off(moments)

    def _complete_deliveries(self, step, results):
        """Write what became of the step where it is not simply done."""
        telling = [
            (key, result.outcome, result.note, result.trace)
            for key, result in results.items()
            if (result.outcome, result.note, result.trace) != ("done", None, None)
        ]
        if not telling:
            return
        ids, outcomes, notes, traces = map(list, zip(*telling, strict=True))
        self.env.cr.execute(
            SQL(
                "UPDATE crm_nurture_delivery d"
                " SET outcome = r.outcome, note = r.note, trace_id = r.trace"
                " FROM unnest(%s::int[], %s::text[], %s::text[], %s::int[])"
                "   r (id, outcome, note, trace)"
                " JOIN crm_nurture_enrollment e ON e.id = r.id"
                " WHERE d.enrollment_id = r.id AND d.step_id = %s AND d.round = e.round",
                ids,
                outcomes,
                notes,
                traces,
                step.id,
            )
        )
        self.env["crm.nurture.delivery"].invalidate_model()
