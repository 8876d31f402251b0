from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from . import components, score_sql

TARGETS = [("crm.lead", "Leads"), ("res.partner", "Contacts")]


class CrmScorePolicy(models.Model):
    """How the points of rules become a score, for leads or for contacts.

    What does a policy say?
        The weights of the parts, from which score on somebody is warm or hot and below which
        junk, what happens when somebody becomes hot, and after how many mails without any
        reaction a person is put to rest.
    Whose policy?
        There is one for leads and one for contacts, for all companies: a contact that companies
        share has one score. Rules may be limited to the records of a company.
    What if a part does not exist?
        A lead that nobody has qualified yet, or a part without any rule: its weight is shared out
        among the other parts.
    When does a new weight or threshold count?
        With the next refresh, every night or by the button. The preview shows beforehand what it
        would change.
    """

    _name = "crm.score.policy"
    _description = "Score Settings"
    _order = "target"

    target = fields.Selection(TARGETS, "Scores of", required=True, readonly=True)
    # the parts
    weight_fit = fields.Integer("Fit", default=30, help="Who the person or company is.")
    weight_engagement = fields.Integer("Engagement", default=40, help="What the person does.")
    weight_qualification = fields.Integer(
        "Qualification", default=30, help="Budget, authority, need and time, as far as asked."
    )
    # what the score is called
    junk_below = fields.Integer(default=10)
    warm_from = fields.Integer(default=40)
    hot_from = fields.Integer(default=70)
    # what follows
    hot_activity_type_id = fields.Many2one(
        "mail.activity.type",
        "Activity when Hot",
        domain="[('res_model', 'in', (False, target))]",
        ondelete="set null",
        help="Scheduled for the person in charge when a record becomes hot. Empty: nothing.",
    )
    rest_mails = fields.Integer(
        "Mails without Reaction",
        default=10,
        help="Who gets so many mails without any reaction is put to rest. 0: nobody.",
    )
    rest_months = fields.Integer("Months without Reaction", default=6)
    # the last refresh
    refreshed_at = fields.Datetime("Refreshed on", readonly=True, copy=False)
    record_count = fields.Integer("Records with a Score", readonly=True, copy=False)
    is_stale = fields.Boolean(readonly=True, copy=False)

    _target_unique = models.UniqueIndex("(target)")
    _weights_positive = models.Constraint(
        "CHECK(weight_fit >= 0 AND weight_engagement >= 0 AND weight_qualification >= 0"
        " AND weight_fit + weight_engagement > 0"
        " AND weight_fit <= 1000 AND weight_engagement <= 1000 AND weight_qualification <= 1000)",
        "A weight is a number from 0 to 1,000, and fit or engagement must weigh something.",
    )
    _rest_positive = models.Constraint(
        "CHECK(rest_mails >= 0 AND rest_months BETWEEN 0 AND 1200)",
        "The number of mails without reaction cannot be negative, and the months are from 0 to"
        " 1,200.",
    )

    @api.depends("target")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["target"]._description_selection(self.env))
        for policy in self:
            policy.display_name = labels.get(policy.target)

    @api.constrains("junk_below", "warm_from", "hot_from")
    def _check_thresholds(self):
        for policy in self:
            if not components.in_order(policy.junk_below, policy.warm_from, policy.hot_from):
                raise ValidationError(
                    self.env._(
                        "The thresholds %(junk)s, %(warm)s and %(hot)s leave no room for each"
                        " temperature. They must rise from junk over warm to hot, between 0"
                        " and 100.",
                        junk=policy.junk_below,
                        warm=policy.warm_from,
                        hot=policy.hot_from,
                    )
                )

    def write(self, vals):
        """Note that the scores do not follow the policy any more."""
        if not vals.keys().isdisjoint(score_sql.Policy._fields):
            vals = {**vals, "is_stale": True}
        return super().write(vals)

    @api.model
    def _for(self, target):
        """Give the policy of a model, readable by everybody; empty when there is none."""
        return self.sudo().search([("target", "=", target)], limit=1)

    def _values(self):
        """Give the weights and thresholds as the statement needs them."""
        self.ensure_one()
        return score_sql.Policy(*(self[name] for name in score_sql.Policy._fields))

    def _weights(self):
        """Give the weight of each part."""
        return {name: self[f"weight_{name}"] for name in components.COMPONENTS}

    @api.model
    def _score_repoint(self, subject, from_ids, to_id):
        """Give the history and the rests of merged records to the record that stays.

        :param str subject: lead_id or partner_id
        """
        column, merged = SQL.identifier(subject), tuple(from_ids)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_score_rest SET end_date = %s, end_cause = 'merge'"
                " WHERE %s IN %s AND end_date IS NULL",
                fields.Datetime.now(),
                column,
                merged,
            )
        )
        for table in ("crm_score_history", "crm_score_rest"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE %s IN %s",
                    SQL.identifier(table),
                    column,
                    to_id,
                    column,
                    merged,
                )
            )
        self.env["crm.score.history"].invalidate_model()
        self.env["crm.score.rest"].invalidate_model()

    def action_open_scores(self):
        """Open the records that have a score, the best first."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self.target,
            "view_mode": "list,kanban,form",
            "domain": [("score_temperature", "!=", False)],
        }

    def action_open_rules(self):
        """Open the rules of this policy."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_lifecycle.crm_score_rule_action"
        )
        return action | {
            "domain": [("target", "=", self.target)],
            "context": {"search_default_all": 1, "default_target": self.target},
        }
