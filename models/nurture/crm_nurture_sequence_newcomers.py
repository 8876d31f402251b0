from odoo import models
from odoo.tools import SQL

#: Of those the sequence is for: for whom no door is closed.
NEWCOMERS = "SELECT COUNT(*) FROM (%(audience)s) r %(past)s WHERE (%(doors)s) IS NOT TRUE"


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
        query = SQL(
            NEWCOMERS,
            audience=self._audience_now(),
            past=self._past_sql(),
            doors=SQL(" OR ").join(condition for _rule, condition in self._closed_doors()),
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
        name = self.env._("Let All In")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "crm.nurture.pick",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "active_model": self._name,
                "active_id": self.id,
                "default_sequence_id": self.id,
            },
        }
