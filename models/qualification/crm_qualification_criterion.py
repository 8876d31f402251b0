from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .criteria import FRAMEWORKS


class CrmQualificationCriterion(models.Model):
    """One of the four questions of a framework: what it weighs, and how to ask it.

    What if a criterion does not matter for us?
        Give it the weight 0: it stays on the lead and can be answered, but counts for nothing.
    What does "knock-out" mean?
        That the answer "no" makes the lead unpromising, whatever else was answered.
    """

    _name = "crm.qualification.criterion"
    _description = "Qualification Criterion"
    _order = "framework_id, sequence, id"
    _rec_name = "label"

    framework_id = fields.Many2one(
        "crm.qualification.framework", required=True, readonly=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Selection("_selection_name", required=True, readonly=True)
    label = fields.Char("Criterion", required=True, translate=True)
    weight = fields.Integer(required=True, default=25)
    knockout = fields.Boolean(
        "Knock-out", help="The answer “No” makes the lead unpromising, whatever else is answered."
    )
    question_ids = fields.One2many("crm.qualification.question", "criterion_id")

    _name_unique = models.Constraint("UNIQUE(name)", "There is one record for each criterion.")
    _weight_not_negative = models.Constraint(
        "CHECK(weight BETWEEN 0 AND 1000)",
        "A weight is a number from 0 to 1,000; 0 leaves a criterion out of the score.",
    )

    @api.model
    def _selection_name(self):
        lead = self.env["crm.lead"]
        return [
            (name, lead._fields[name].string) for names in FRAMEWORKS.values() for name in names
        ]

    @api.constrains("framework_id", "name")
    def _check_framework(self):
        for criterion in self:
            if criterion.name not in FRAMEWORKS[criterion.framework_id.code]:
                raise ValidationError(
                    self.env._(
                        "“%(criterion)s” is no criterion of %(framework)s.",
                        criterion=criterion.label,
                        framework=criterion.framework_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Judge by the new criteria."""
        criteria = super().create(vals_list)
        criteria._changed()
        return criteria

    def write(self, vals):
        """Judge by the new weights; the sum must stay above 0."""
        result = super().write(vals)
        self._changed()
        return result

    def _changed(self):
        """Check the weights, and judge the leads anew, unless more lines are being written."""
        if not self.framework_id._is_waiting():
            self.framework_id._check_weights()
        self.framework_id._changed()
