import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import mute_logger

from ..settings.notification import notification

AT_ONCE = 1000  # what the button moves while the user waits


class CrmLifecycleRule(models.Model):
    """Moves leads or contacts to a stage when something happens, or stops happening.

    When does it run?
        At once when its event happens (`_fire`), and every night over all records
        (`_cron_apply`), for what came in another way or before the rule was switched on.
    Which records does it move?
        Those in its stages of departure; without any, those for which the stage is
        progress (for a stage of kind former: the customers). They match its domain. And
        the event happened, or was entered, after they entered their stage: so what somebody
        moved back by hand stays there until something new happens.
    Can one see beforehand?
        Yes: "Preview" opens the records that it would move now, before it is switched on.
    What if a record cannot be moved, or the rule itself is broken?
        The others are moved, the reason is kept in `last_error`, and it is tried again
        the next night. A sale or a posting never fails because of a rule.
    """

    _name = "crm.lifecycle.rule"
    _description = "Lifecycle Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    model = fields.Selection(
        [("crm.lead", "Leads and opportunities"), ("res.partner", "Contacts")],
        string="Applies to",
        required=True,
        default="crm.lead",
    )
    # when
    trigger = fields.Selection(
        [
            ("domain", "Matches the filter"),
            ("response", "Answers, clicks or writes"),
            ("opportunity", "Opportunity created"),
            ("pipeline", "Enters a pipeline stage"),
            ("quotation", "Quotation sent"),
            ("order", "Order confirmed"),
            ("invoice", "Invoice posted"),
            ("inactivity", "No purchase for months"),
        ],
        required=True,
        default="domain",
    )
    pipeline_stage_ids = fields.Many2many("crm.stage", string="Pipeline Stages")
    inactivity_months = fields.Integer(
        "Months without Purchase", help="0: the number of months set for the company."
    )
    domain = fields.Char("Filter", default="[]", required=True)
    # from where to where
    from_stage_ids = fields.Many2many(
        "crm.lifecycle.stage",
        "crm_lifecycle_rule_from_stage_rel",
        string="From Stages",
        help="Without any: all stages for which the move is progress.",
    )
    to_stage_id = fields.Many2one("crm.lifecycle.stage", required=True, ondelete="restrict")
    # what it did
    transition_ids = fields.One2many("crm.lifecycle.transition", "rule_id")
    transition_count = fields.Integer("Moves", compute="_compute_transition_count")
    last_run = fields.Datetime(readonly=True, copy=False)
    last_error = fields.Text(readonly=True, copy=False)

    _inactivity_not_negative = models.Constraint(
        "CHECK(inactivity_months >= 0)", "The number of months without purchase cannot be negative."
    )

    def _compute_transition_count(self):
        counts = dict(
            self.env["crm.lifecycle.transition"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.transition_count = counts.get(rule, 0)

    @api.constrains("model", "trigger")
    def _check_trigger_fits_model(self):
        for rule in self.filtered(lambda rule: rule.trigger not in self._triggers_of(rule.model)):
            raise ValidationError(
                self.env._(
                    "The rule “%(rule)s” cannot work: “%(trigger)s” does not happen to %(model)s.",
                    rule=rule.name,
                    trigger=rule._label("trigger"),
                    model=rule._label("model"),
                )
            )

    @api.constrains("model", "domain")
    def _check_domain(self):
        for rule in self:
            rule._check_filter()

    def _check_filter(self):
        """Refuse a filter that is no domain of the model, or reads what the user may not.

        Constraints run as the superuser, so the rights are given up here.

        :raise ValidationError: in the words of the user
        """
        try:
            model = self.env(su=False)[self.model]
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                model.search(self._filter_domain(), limit=1)
        except (ValueError, SyntaxError, TypeError, AccessError, psycopg2.Error) as error:
            raise ValidationError(
                self.env._(
                    "The filter of the rule “%(rule)s” cannot be used. Build it with the fields"
                    " and values that the filter editor offers, without functions.",
                    rule=self.name,
                )
            ) from error

    def _label(self, name):
        """Give the value of a selection field in the words of the user."""
        return dict(self._fields[name]._description_selection(self.env))[self[name]]

    def action_preview(self):
        """Open the records that the rule would move now, whether it is active or not."""
        self.ensure_one()
        domain = [("lifecycle_due_rule_ids", "in", self.ids)]
        count = self.env[self.model].search_count(domain)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%(rule)s: %(count)s would move now", rule=self.name, count=count),
            "res_model": self.model,
            "view_mode": "list,form",
            "domain": domain,
            "context": {"create": False},
            "help": self.env._("Nobody would be moved by this rule now."),
        }

    def action_apply(self):
        """Move now what the nightly run would move; what is too much follows in the background."""
        self.ensure_one()
        self.check_access("write")
        own = Domain("company_id", "in", [False, *self.env.companies.ids])
        moved = self._apply(limit=AT_ONCE, only=own)
        message = self.env._("Records moved: %(count)s.", count=moved)
        if moved >= AT_ONCE:
            self.env.ref("crm_lifecycle.ir_cron_lifecycle_rules").sudo()._trigger()
            message = self.env._(
                "Records moved: %(count)s; the others follow in a few minutes.", count=moved
            )
        return notification(message)

    def action_open_transitions(self):
        """Open the moves that the rule made."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_lifecycle.crm_lifecycle_transition_action"
        )
        return {**action, "domain": [("rule_id", "in", self.ids)], "context": {}}

    @api.model
    def _triggers_of(self, model):
        """Give the triggers that make sense for a model."""
        shared = {"domain", "response", "quotation", "order"}
        return shared | (
            {"opportunity", "pipeline"} if model == "crm.lead" else {"invoice", "inactivity"}
        )

    @api.model
    def _opening_rule(self):
        """Give the first rule that takes every new opportunity to a stage, or none."""
        return self.search(
            [
                ("trigger", "=", "opportunity"),
                ("domain", "in", ("[]", False)),
                ("from_stage_ids", "=", False),
            ],
            limit=1,
        )
