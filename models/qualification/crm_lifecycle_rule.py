from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lifecycle import facts


class CrmLifecycleRule(models.Model):
    """Rules that move leads by the verdict of their qualification.

    When is a lead due in the night?
        When it has the verdict and was answered since it entered its stage: so whoever
        moves a qualified lead back by hand is not contradicted until there is a new answer.
    """

    _inherit = "crm.lifecycle.rule"

    trigger = fields.Selection(
        selection_add=[("qualification", "Gets a qualification verdict")],
        ondelete={"qualification": "cascade"},
    )
    qualification_verdict = fields.Selection(
        [
            ("qualified", "Qualified"),
            ("disqualified", "Unpromising"),
            ("partial", "Partly qualified"),
        ],
        string="Verdict",
        required=True,
        default="qualified",
    )

    @api.model
    def _triggers_of(self, model):
        triggers = super()._triggers_of(model)
        return triggers | {"qualification"} if model == "crm.lead" else triggers

    def _state_domain(self):
        if self.trigger == "qualification":
            return Domain("qualification_state", "=", self.qualification_verdict)
        return super()._state_domain()

    def _facts_query(self):
        if self.trigger != "qualification":
            return super()._facts_query()
        return SQL(
            "SELECT l.id AS record_id, answered.at, %s, answered.at AS known_at"
            " FROM crm_lead l JOIN (SELECT lead_id, MAX(date) AS at"
            "   FROM crm_qualification_answer GROUP BY lead_id) answered ON answered.lead_id = l.id"
            " WHERE l.qualification_state = %s",
            facts.attribution("l"),
            self.qualification_verdict,
        )
