from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from . import verdict
from .criteria import FRAMEWORKS

#: Says that more lines are being written. It is an object, so that no RPC call can send it.
WAITING_TOKEN = object()


class CrmQualificationFramework(models.Model):
    """How the answers of a lead are judged: one record for BANT, one for CHAMP.

    What can be changed?
        The weight of each criterion and whether a "no" to it rules a lead out, the share that
        a partial answer brings, the score that qualifies, the questions to ask.
    What happens to the leads then?
        All of them are judged anew at once, in one statement, and the lifecycle rules run.
    When is a lead qualified?
        From the threshold on, and with no criterion answered "no".
    When is it disqualified?
        When a knock-out criterion is answered "no": budget or money, unless changed. Interest
        was shown, but it is not able to buy.
    Can there be more frameworks?
        No: the criteria are fields of the lead, so that they filter, group and export.
    """

    _name = "crm.qualification.framework"
    _description = "Qualification Framework"
    _order = "id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection([("bant", "BANT"), ("champ", "CHAMP")], required=True, readonly=True)
    description = fields.Text(translate=True)
    threshold = fields.Integer(
        "Qualified from", required=True, default=70, help="The score that qualifies, 1 to 100."
    )
    partial_share = fields.Integer(
        "Share of a Partial Answer (%)",
        required=True,
        default=50,
        help="A confirmed answer brings its whole weight, a partial one this share of it.",
    )
    criterion_ids = fields.One2many(
        "crm.qualification.criterion", "framework_id", string="Criteria"
    )

    _code_unique = models.Constraint("UNIQUE(code)", "There is one record for each framework.")
    _threshold_range = models.Constraint(
        "CHECK(threshold BETWEEN 1 AND 100)", "The score that qualifies must be from 1 to 100."
    )
    _partial_share_range = models.Constraint(
        "CHECK(partial_share BETWEEN 0 AND 100)",
        "The share of a partial answer must be from 0 to 100 %.",
    )

    @api.constrains("criterion_ids")
    def _check_weights(self):
        for framework in self:
            lines = framework.criterion_ids
            if lines and not sum(lines.mapped("weight")):
                raise ValidationError(
                    self.env._(
                        "The framework “%(framework)s” needs at least one criterion with a weight:"
                        " without any, all leads would score 0.",
                        framework=framework.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Forget what was known of the frameworks."""
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        """Judge the leads anew, once, whatever lines are written along."""
        waiting = self.with_context(qualification_refresh=WAITING_TOKEN)
        result = super(CrmQualificationFramework, waiting).write(vals)
        self._changed()
        return result

    def _changed(self):
        """Judge the leads by what has changed, unless more changes are to come."""
        self.env.flush_all()
        self.env.registry.clear_cache()
        if not self._is_waiting():
            self.sudo()._refresh_leads()

    @api.model
    def _is_waiting(self):
        """Tell whether more lines of a framework are being written, after which all is judged."""
        return self.env.context.get("qualification_refresh") is WAITING_TOKEN

    @api.model
    @tools.ormcache()
    def _frameworks(self):
        """Give the frameworks as plain values: dict of code -> `verdict.Framework`."""
        records = {record.code: record for record in self.sudo().search([("code", "!=", False)])}
        return {
            code: records[code]._as_values() if code in records else verdict.DEFAULTS[code]
            for code in FRAMEWORKS
        }

    def _as_values(self):
        lines = {line.name: line for line in self.criterion_ids}
        known = {criterion.name: criterion for criterion in verdict.DEFAULTS[self.code].criteria}
        return verdict.Framework(
            tuple(
                verdict.Criterion(name, lines[name].weight, lines[name].knockout)
                if name in lines
                else known[name]
                for name in FRAMEWORKS[self.code]
            ),
            self.threshold,
            self.partial_share,
        )

    @api.model
    @tools.ormcache("self.env.lang")
    def _words(self):
        """Give the words of the screens in the user's language; they are read once.

        :return: dict with the label of each criterion, and the questions in their order
        """
        criteria = self.env["crm.qualification.criterion"].sudo().search([("weight", ">=", 0)])
        return {
            "labels": {criterion.name: criterion.label for criterion in criteria},
            "questions": [
                {"criterion": criterion.name, "text": question.text}
                for criterion in criteria
                for question in criterion.question_ids
            ],
        }
