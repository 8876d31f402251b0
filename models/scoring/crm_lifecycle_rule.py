from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class CrmLifecycleRule(models.Model):
    """Rules that move leads or contacts when their score reaches a threshold.

    When does it run?
        At once when the score of a record rises, and every night after all scores.
    Who moved back by hand?
        Stays where it is until its score rises again to the threshold: points that fade are
        nothing new.
    """

    _inherit = "crm.lifecycle.rule"

    trigger = fields.Selection(
        selection_add=[("score", "Reaches a score")], ondelete={"score": "cascade"}
    )
    score_from = fields.Integer("Score from", default=70)

    @api.constrains("trigger", "score_from")
    def _check_score_from(self):
        for rule in self.filtered(lambda rule: rule.trigger == "score"):
            if not 1 <= rule.score_from <= 100:
                raise ValidationError(
                    self.env._(
                        "The rule “%(rule)s” needs a score from 1 to 100 to wait for.",
                        rule=rule.name,
                    )
                )

    @api.model
    def _triggers_of(self, model):
        return super()._triggers_of(model) | {"score"}

    @api.model
    def _fire(self, trigger, model, record_ids, origins=None):
        """Read the new touchpoints soon after a person reacted, so that its score follows."""
        result = super()._fire(trigger, model, record_ids, origins=origins)
        if trigger == "response" and any(record_ids):
            self.env.ref("crm_lifecycle.ir_cron_touchpoint_harvest").sudo()._trigger()
        return result

    @api.model
    def _apply_score_rules(self):
        """Apply the rules that wait for a score, after all scores were refreshed."""
        for rule in self.search([("trigger", "=", "score")]):
            rule._apply()

    def _departure_domain(self):
        """Take nobody into the lifecycle: a score alone is no beginning."""
        if self.trigger != "score" or self.from_stage_ids:
            return super()._departure_domain()
        return Domain("lifecycle_stage_id", "in", self.to_stage_id._stages_before().ids)

    def _state_domain(self):
        if self.trigger != "score":
            return super()._state_domain()
        return Domain("score", ">=", self.score_from)

    def _due_query(self):
        """Give the records at the threshold, unless they were moved back since it was reached."""
        if self.trigger != "score":
            return super()._due_query()
        self.env.flush_all()
        target = self._target()
        return SQL(
            """
            SELECT s.%(subject)s AS record_id, GREATEST(s.date, r.lifecycle_date) AS at
              FROM crm_score s
              JOIN %(table)s r ON r.id = s.%(subject)s
              LEFT JOIN LATERAL (
                SELECT direction, date FROM crm_lifecycle_transition t
                 WHERE t.%(subject)s = r.id ORDER BY t.date DESC, t.id DESC LIMIT 1
              ) last ON TRUE
             WHERE s.score >= %(from)s
               AND (last.direction IS DISTINCT FROM 'backward' OR EXISTS (
                    SELECT FROM crm_score_history h
                     WHERE h.%(subject)s = r.id AND h.date > last.date
                       AND h.score >= %(from)s AND h.score > h.old_score))
            """,
            **{
                "subject": SQL.identifier(target._score_subject),
                "table": SQL.identifier(target._table),
                "from": self.score_from,
            },
        )

    def _cause(self):
        return "score" if self.trigger == "score" else super()._cause()
