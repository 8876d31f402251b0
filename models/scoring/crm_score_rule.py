from odoo import api, fields, models
from odoo.exceptions import ValidationError

from . import score_sql
from .crm_score_policy import TARGETS


class CrmScoreRule(models.Model):
    """Gives points to leads or contacts, for what they are or for what happened.

    Which kinds are there?
        *By a filter*: each record that matches gets the points. *By touchpoints*: each matching
        touchpoint of the person gives points, of which half is left after each half-life.
        *By silence*: who is known for so many days and gave no sign of life gets the points.
    What counts as a touchpoint?
        Those of a lead and those of its contact; of a contact its own. Those of machines, as mail
        scanners, never count. Opening a mail is no sign of life.
    May points be negative?
        Yes: for bounces, unsubscribes, free e-mail addresses. A rule never gives more than its
        maximum, a part of the score is never below 0 or above 100.
    Whose records?
        Those of its company, without one all records.
    What may the filter use?
        All fields that who writes it may read, but the score itself, which would run in circles.
    What if its filter cannot be read any more, as a field is gone?
        The rule is set aside and says why; it comes back by itself when it can be read again.
    """

    _name = "crm.score.rule"
    _description = "Score Rule"
    _order = "target, component desc, sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", ondelete="cascade")
    target = fields.Selection(TARGETS, "Scores", required=True, default="crm.lead")
    component = fields.Selection(
        [("fit", "Fit"), ("engagement", "Engagement")],
        "Part",
        required=True,
        default="fit",
        help="Fit: who the person or company is. Engagement: what the person does.",
    )
    kind = fields.Selection(
        [("domain", "Filter"), ("touchpoint", "Touchpoints"), ("silence", "Silence")],
        "By",
        required=True,
        default="domain",
    )
    # by a filter
    domain = fields.Char("Filter", default="[]", required=True)
    # by touchpoints
    channel_id = fields.Many2one("crm.touchpoint.channel", ondelete="restrict")
    event = fields.Selection(
        selection=lambda self: (
            self.env["crm.touchpoint"]._fields["event"]._description_selection(self.env)
        )
    )
    direction = fields.Selection(
        [("inbound", "From the person"), ("outbound", "From us")], help="Empty: both."
    )
    # how much
    points = fields.Integer(default=10, required=True, help="Negative points are taken away.")
    max_points = fields.Integer(
        "Maximum",
        default=0,
        help="Touchpoints together give no more. 0: no maximum.",
    )
    half_life_days = fields.Integer(
        "Half-life (Days)", help="After so many days half of the points is left. 0: they stay."
    )
    window_days = fields.Integer(
        "Window (Days)",
        help="Older touchpoints do not count; 0: all count. Of a silence: how long it lasts.",
    )
    match_count = fields.Integer("Match Now", compute="_compute_match_count")
    problem = fields.Char("Set Aside Because", readonly=True, copy=False)

    _numbers_positive = models.Constraint(
        "CHECK(max_points BETWEEN 0 AND 100000 AND half_life_days BETWEEN 0 AND 36500"
        " AND window_days BETWEEN 0 AND 36500)",
        "The maximum is from 0 to 100,000 points; the half-life and the window are from 0 to 36,500"
        " days.",
    )
    _points_in_reason = models.Constraint(
        "CHECK(points BETWEEN -1000 AND 1000)",
        "A rule gives or takes away at most 1,000 points.",
    )
    _silence_has_days = models.Constraint(
        "CHECK(kind != 'silence' OR COALESCE(window_days, 0) > 0)",
        "A rule for silence needs to know after how many days somebody is silent: fill in the"
        " window.",
    )
    _touchpoints_named = models.Constraint(
        "CHECK(kind != 'touchpoint' OR event IS NOT NULL OR channel_id IS NOT NULL)",
        "A rule for touchpoints needs an event or a channel.",
    )

    @api.depends("target", "kind", "domain", "company_id", "points")
    @api.depends("channel_id", "event", "direction", "window_days", "half_life_days", "max_points")
    def _compute_match_count(self):
        """Count the records that get points from each rule now, whether it is active or not."""
        self.match_count = 0
        complete = self.filtered(lambda rule: rule._is_complete())
        for target, rules in complete.grouped("target").items():
            counts = self.env["crm.score.policy"]._for(target)._count_matches(rules)
            for rule, count in zip(rules, counts, strict=True):
                rule.match_count = count

    @api.constrains("target", "kind", "domain")
    def _check_domain(self):
        for rule in self.filtered(lambda rule: rule.kind == "domain"):
            rule._check_filter()

    @api.model_create_multi
    def create(self, vals_list):
        """Note that the scores do not follow the rules any more."""
        rules = super().create(vals_list)
        rules._make_stale()
        return rules

    def write(self, vals):
        """Note that the scores do not follow the rules any more."""
        if not {"target", "kind", "domain"}.isdisjoint(vals):
            vals = {"problem": False, **vals}
        self._make_stale()
        result = super().write(vals)
        self._make_stale()
        return result

    def unlink(self):
        """Note that the scores do not follow the rules any more."""
        self._make_stale()
        return super().unlink()

    def _make_stale(self):
        policies = self.env["crm.score.policy"].sudo()
        policies.search([("target", "in", self.mapped("target"))]).is_stale = True

    def _spec(self, model=None, alias=None, query=None):
        """Give the rule as the statement needs it; see `score_sql.Rule`.

        With a query of records its filter becomes a condition of that query.
        """
        self.ensure_one()
        condition = None
        if query is not None and self.kind == "domain":
            condition = self._filter_domain().optimize_full(model)._to_sql(model, alias, query)
        return score_sql.Rule(
            id=self._origin.id or 0,
            component=self.component,
            kind=self.kind,
            points=self.points,
            max_points=self.max_points,
            half_life_days=self.half_life_days,
            window_days=self.window_days,
            channel_id=self.channel_id._origin.id or 0,
            event=self.event or "",
            direction=self.direction or "",
            company_id=self.company_id._origin.id or 0,
            condition=condition,
        )

    def _is_complete(self):
        """Tell whether a rule can be counted; one that is being typed may not yet."""
        if self.id:
            return not self._problem_of_filter()
        try:
            self._check_filter()
        except ValidationError:
            return False
        if self.kind == "silence":
            return bool(self.window_days > 0)
        return self.kind == "domain" or bool(self.event or self.channel_id)

    def action_open_matches(self):
        """Open the records that the rule gives points to."""
        self.ensure_one()
        policy = self.env["crm.score.policy"]._for(self.target)
        record_ids = [] if self._problem_of_filter() else policy._matching_ids(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Get points: %(rule)s", rule=self.name),
            "res_model": self.target,
            "view_mode": "list,form",
            "domain": [("id", "in", record_ids)],
            "context": {"create": False},
        }
