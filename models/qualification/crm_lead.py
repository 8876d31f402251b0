from odoo import api, fields, models

from . import verdict
from .criteria import ANSWERS, DEFAULT, FACTS, RESULTS, with_twins

ANSWER = [("no", "No"), ("partial", "Partial"), ("confirmed", "Confirmed")]

# Read together, and only where somebody asks for one of them: most screens of a lead need none.
TOGETHER = {"prefetch": "qualification", "copy": False}
# Editable for the ORM only, so that new leads get them in their INSERT.
RESULT = {
    **TOGETHER,
    "compute": "_compute_qualification",
    "store": True,
    "readonly": False,
    "precompute": True,
}

# Keeps a merge of leads from being taken for new answers: those of the past come along. It is an
# object, so that no RPC call can send it.
MERGE_TOKEN = object()


class CrmLead(models.Model):
    """The qualification of a lead: eight answers, four facts, and what follows from them.

    Does the same question have to be answered twice?
        No. Budget and money, need and challenges, authority and authority are the same question
        in BANT and CHAMP: an answer to one is an answer to the other, unless both are given.
        Timeline and prioritization are not: something can have a date and no priority.
    Which framework decides?
        The one of the lead; a new lead takes that of its team, and follows the team as long as
        nothing is answered.
    Who computes the results?
        The server, from the answers and `crm.qualification.framework`; a value that is sent or
        imported for them is ignored.
    """

    _inherit = "crm.lead"

    qualification_framework = fields.Selection(
        [("bant", "BANT"), ("champ", "CHAMP")],
        string="Framework",
        compute="_compute_qualification_framework",
        store=True,
        readonly=False,
        precompute=True,
    )
    # the answers
    bant_budget = fields.Selection(ANSWER, "Budget (BANT)", **TOGETHER)
    bant_authority = fields.Selection(ANSWER, "Authority (BANT)", **TOGETHER)
    bant_need = fields.Selection(ANSWER, "Need (BANT)", **TOGETHER)
    bant_timeline = fields.Selection(ANSWER, "Timeline (BANT)", **TOGETHER)
    champ_challenges = fields.Selection(ANSWER, "Challenges (CHAMP)", **TOGETHER)
    champ_authority = fields.Selection(ANSWER, "Authority (CHAMP)", **TOGETHER)
    champ_money = fields.Selection(ANSWER, "Money (CHAMP)", **TOGETHER)
    champ_prioritization = fields.Selection(ANSWER, "Prioritization (CHAMP)", **TOGETHER)
    # the facts beside them
    bant_budget_amount = fields.Monetary(
        "Budget", currency_field="company_currency", aggregator="sum", **TOGETHER
    )
    decision_maker_id = fields.Many2one("res.partner", index="btree_not_null", **TOGETHER)
    need_note = fields.Char("Need", **TOGETHER)
    timeline_date = fields.Date("Wanted by", **TOGETHER)
    # what follows
    bant_score = fields.Integer("BANT Score", aggregator="avg", **RESULT)
    champ_score = fields.Integer("CHAMP Score", aggregator="avg", **RESULT)
    qualification_score = fields.Integer(aggregator="avg", **RESULT)
    qualification_state = fields.Selection(
        [
            ("open", "Not begun"),
            ("partial", "Partly qualified"),
            ("qualified", "Qualified"),
            ("disqualified", "Unpromising"),
        ],
        string="Qualification",
        **RESULT,
    )
    qualification_missing = fields.Char("Missing Criteria", **RESULT)

    _qualification_state_idx = models.Index(
        "(qualification_state) WHERE qualification_state != 'open'"
    )

    @api.depends("team_id")
    def _compute_qualification_framework(self):
        others = self.env["crm.team"]._qualification_other_frameworks()
        for lead in self:
            kept = lead.qualification_framework
            if not kept or not any(lead[name] for name in ANSWERS):
                kept = others.get(lead.team_id.id, DEFAULT)
            lead.qualification_framework = kept

    @api.depends("qualification_framework", *ANSWERS)
    def _compute_qualification(self):
        for lead in self:
            lead.update(self._qualification_results(lead))

    @api.onchange("bant_budget")
    def _onchange_bant_budget(self):
        self.champ_money = self.bant_budget

    @api.onchange("champ_money")
    def _onchange_champ_money(self):
        self.bant_budget = self.champ_money

    @api.onchange("bant_authority")
    def _onchange_bant_authority(self):
        self.champ_authority = self.bant_authority

    @api.onchange("champ_authority")
    def _onchange_champ_authority(self):
        self.bant_authority = self.champ_authority

    @api.onchange("bant_need")
    def _onchange_bant_need(self):
        self.champ_challenges = self.bant_need

    @api.onchange("champ_challenges")
    def _onchange_champ_challenges(self):
        self.bant_need = self.champ_challenges

    @api.model_create_multi
    def create(self, vals_list):
        """Judge the new leads, and note their answers."""
        vals_list = self._qualification_created_values(vals_list)
        leads = super().create(vals_list)
        answered = leads.browse(
            lead.id
            for lead, vals in zip(leads, vals_list, strict=True)
            if any(vals.get(name) for name in ANSWERS)
        )
        answered._qualification_note_answers(ANSWERS, {})
        return leads

    def write(self, vals):
        """Copy answers to their twins, note them, and say that the verdict has changed."""
        vals = with_twins({name: value for name, value in vals.items() if name not in RESULTS})
        answered = [name for name in ANSWERS if name in vals]
        if not answered and "qualification_framework" not in vals:
            return super().write(vals)
        before = {
            lead: (lead.qualification_state, {name: lead[name] for name in answered})
            for lead in self
        }
        result = super().write(vals)
        self._qualification_note_answers(answered, before)
        return result

    @api.model
    def _qualification_results(self, values):
        """Give what follows from answers, as values of the fields.

        :param values: a lead, or values of its fields
        """
        get = values.get if isinstance(values, dict) else values.__getitem__
        frameworks = self.env["crm.qualification.framework"]._frameworks()
        answers = {name: get(name) for name in ANSWERS}
        return verdict.results(frameworks, get("qualification_framework"), answers)

    @api.model
    def _qualification_created_values(self, vals_list):
        """Complete the values of new leads by what follows from them.

        Thousands of new leads without answers have all the same results: they need not be
        computed, as long as the framework is known.
        """
        default = self.default_get([*ANSWERS, "qualification_framework"])
        if not self.env["crm.team"]._qualification_other_frameworks():
            default.setdefault("qualification_framework", DEFAULT)
        unanswered = {}
        return [self._qualification_completed(default | vals, unanswered) for vals in vals_list]

    @api.model
    def _qualification_completed(self, vals, unanswered):
        """Complete the values of one new lead.

        :param dict unanswered: framework -> the results without any answer, filled as they come
        """
        vals = {name: value for name, value in vals.items() if name not in RESULTS}
        if any(vals.get(name) for name in ANSWERS):
            return with_twins(vals)
        framework = vals.get("qualification_framework")
        if not framework:
            return vals
        if framework not in unanswered:
            unanswered[framework] = self._qualification_results(vals)
        return vals | unanswered[framework]

    def _qualification_note_answers(self, names, before):
        """Add the answers that differ from before to the log, and fire the rules.

        :param names: criteria that may have changed
        :param dict before: lead -> (its verdict, its answers); without: it is new
        """
        changed, judged = {}, []
        for lead in self:
            state, old = before.get(lead, ("open", {}))
            changed[lead] = [name for name in names if lead[name] != old.get(name, False)]
            if lead.qualification_state != state:
                judged.append(lead.id)
        changed = {lead: given for lead, given in changed.items() if given}
        if changed and self.env.context.get("qualification_merge") is not MERGE_TOKEN:
            self.env["crm.qualification.answer"]._append(changed.items())
        self.env["crm.lifecycle.rule"]._fire("qualification", self._name, judged)

    # ------------------------------------------------------------
    # Merge
    # ------------------------------------------------------------

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        """Take the answers of merged leads over as those of the past."""
        merging = self.with_context(qualification_merge=MERGE_TOKEN)
        merged = super(CrmLead, merging)._merge_opportunity(
            user_id=user_id, team_id=team_id, auto_unlink=auto_unlink, max_length=max_length
        )
        return merged.with_env(self.env)

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), "qualification_framework", *ANSWERS, *FACTS]

    def _merge_dependences(self, opportunities):
        """Carry the log of the answers over."""
        result = super()._merge_dependences(opportunities)
        self.env["crm.qualification.answer"]._repoint(opportunities.ids, self.id)
        return result
