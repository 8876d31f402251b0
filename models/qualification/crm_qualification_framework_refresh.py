from odoo import models
from odoo.tools import SQL

from ..lifecycle import columns_sql
from . import verdict_sql
from .criteria import ANSWERS, RESULTS


class CrmQualificationFramework(models.Model):
    """How all leads are judged anew when a framework changes: one statement, changed rows only."""

    _inherit = "crm.qualification.framework"

    def _refresh_leads(self):
        """Judge anew the leads that have answers; return how many changed.

        What the new verdicts mean for the lifecycle is left to its job, which is woken.
        """
        self.env.flush_all()
        self.env.cr.execute(self._refresh_sql())
        changed = self.env.cr.rowcount
        self.env["crm.lead"].invalidate_model(RESULTS)
        if changed:
            self.env.ref("crm_lifecycle.ir_cron_lifecycle_rules").sudo()._trigger()
        return changed

    def _refresh_sql(self):
        return SQL(
            "UPDATE crm_lead lead SET %(assignments)s"
            " FROM (SELECT lead.id, %(columns)s FROM crm_lead lead"
            "   WHERE COALESCE(%(answered)s) IS NOT NULL) judged"
            " WHERE judged.id = lead.id AND %(differ)s",
            assignments=columns_sql.assigned(RESULTS, "judged"),
            columns=verdict_sql.columns(self._frameworks(), "lead"),
            answered=columns_sql.listed(ANSWERS, "lead"),
            differ=columns_sql.differ(RESULTS, "lead", "judged"),
        )
