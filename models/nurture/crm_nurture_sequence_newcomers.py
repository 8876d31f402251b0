from odoo import fields, models
from odoo.tools import SQL

#: Of those the sequence is for: who is not inside, may come (again), and would not leave at once.
NEWCOMERS = """
    SELECT COUNT(*)
      FROM (%(audience)s) r
      LEFT JOIN LATERAL (
           SELECT MAX(left_at) AS left_at, bool_or(left_at IS NULL) AS inside
             FROM crm_nurture_enrollment WHERE sequence_id = %(sequence)s AND %(subject)s = r.id
      ) past ON TRUE
     WHERE past.inside IS NOT TRUE AND (past.inside IS NULL OR past.left_at < %(again)s)
       AND NOT (%(obstacles)s)
"""


class CrmNurtureSequence(models.Model):
    """How many come in, told before they do.

    When are they told?
        Before a publication that brings everybody in, and before all are let in by hand.
    """

    _inherit = "crm.nurture.sequence"

    def _count_newcomers(self):
        """Count whom the sequence is for and who may come in now."""
        self.ensure_one()
        self.env.flush_all()
        again = fields.Datetime.subtract(fields.Datetime.now(), days=self.reentry_days)
        query = SQL(
            NEWCOMERS,
            audience=self._audience().select(),
            subject=SQL.identifier(self._subject()),
            sequence=self.id,
            again=again if self.reentry == "after" else None,
            obstacles=SQL(" OR ").join(self._closed_doors()),
        )
        return self.env.execute_query(query)[0][0]

    def _begins_with_all(self):
        """Tell whether everybody comes in at once who may."""
        return self.trigger == "audience" or self.with_present and not self.version_id

    def action_let_all_in(self):
        """Ask before everybody comes in whom the sequence is for."""
        self.ensure_one()
        self.check_access("write")
        self._check_runs()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Let All In"),
            "res_model": "crm.nurture.pick",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "active_model": self._name,
                "active_id": self.id,
                "default_sequence_id": self.id,
            },
        }
