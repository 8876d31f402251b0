import ast
import logging
from contextlib import contextmanager

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, mute_logger, split_every

from . import facts

_logger = logging.getLogger(__name__)

BATCH = 500
AT_ONCE = 1000  # what the button moves while the user waits
ERROR_LENGTH = 4000

# what a trigger says in the history; the others say "rule"
CAUSES = {
    "quotation": "quotation",
    "order": "order",
    "invoice": "invoice",
    "inactivity": "inactivity",
    "pipeline": "pipeline",
}


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
        """Refuse a filter that is no domain of the model.

        :raise ValidationError: in the words of the user
        """
        try:
            self._filter_domain().validate(self.env[self.model])
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self._target().search(self._filter_domain(), limit=1)
        except (ValueError, SyntaxError, TypeError, psycopg2.Error) as error:
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
        message = self.env._("%(count)s records moved.", count=moved)
        if moved >= AT_ONCE:
            self.env.ref("crm_lifecycle.ir_cron_lifecycle_rules").sudo()._trigger()
            message = self.env._(
                "%(count)s records moved, the others follow in a few minutes.", count=moved
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

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

    @api.model
    def _fire(self, trigger, model, record_ids, origins=None):
        """Apply the rules of an event to the records it has just happened to.

        :param str trigger: a value of `trigger`
        :param str model: crm.lead or res.partner
        :param record_ids: ids of these records
        :param dict origins: record id -> the order, invoice ... that is the event
        """
        record_ids = [record_id for record_id in record_ids if record_id]
        if not record_ids:
            return
        happened = Domain("id", "in", record_ids)
        for rule in self.sudo().search([("trigger", "=", trigger), ("model", "=", model)]):
            with rule._guarded():
                # an order revives a lost lead, which is archived
                target = rule._target().with_context(active_test=False)
                target.search(rule._eligible_domain() & happened)._lifecycle_move(
                    rule.to_stage_id, rule._cause(), rule=rule, origins=origins
                )

    @api.model
    def _cron_apply(self):
        """Apply all active rules to all records, in batches, in their order."""
        for rule in self.search([("active", "=", True)]):
            rule._apply()

    def _apply(self, limit=None, only=Domain.TRUE):
        """Move the records that are due, in batches, each committed.

        Records that somebody else is changing are left to the next run.

        :param int limit: stop after about so many; None moves all
        :param Domain only: the records among which the user moves them
        :return: how many records moved
        """
        self.ensure_one()
        rule = self.sudo()
        rule.last_error = False
        due = {}
        with rule._guarded():
            due = rule._due(only)
        moved, waiting = 0, len(due)
        for ids in split_every(BATCH, due):
            done = rule._move_due({record_id: due[record_id] for record_id in ids})
            moved, waiting = moved + len(done), waiting - len(ids)
            seconds_left = self.env["ir.cron"]._commit_progress(len(ids), remaining=waiting)
            if not seconds_left or (limit and moved >= limit):
                break
        rule.last_run = fields.Datetime.now()
        self.env["ir.cron"]._commit_progress()
        return moved

    @contextmanager
    def _guarded(self):
        """Keep what goes wrong in a rule from stopping a sale, or the other rules.

        The reason is kept in `last_error`. What another transaction causes is raised: Odoo
        then tries the whole request again.
        """
        try:
            with self.env.cr.savepoint():
                yield
        except psycopg2.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a rule or an addon raises
            _logger.info("Lifecycle rule %s: %s", self.id, error)
            self.env.invalidate_all(flush=False)
            self.last_error = str(error)

    def _due(self, only=Domain.TRUE):
        """Give the records that the rule would move now, with the day their event happened.

        :param Domain only: among these
        :return: dict of record id -> datetime, or None for a filter, which has no day
        """
        query = self._due_query()
        if query is None:
            return dict.fromkeys(self._target().search(self._due_domain() & only).ids)
        eligible = self._target()._search(self._eligible_domain() & only)
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT due.record_id, MIN(due.at) FROM (%s) due"
                    " WHERE due.record_id IN %s GROUP BY due.record_id",
                    query,
                    eligible.subselect(),
                )
            )
        )

    def _move_due(self, due):
        """Move those of the due records that are still eligible and that nobody is changing."""
        domain = self._eligible_domain() & Domain("id", "in", list(due))
        records = self._target().search(domain).try_lock_for_update()
        return self._move_batch(records, due)

    def _move_batch(self, records, due):
        """Move records together; if that fails halve them, until only the culprits stay.

        :param dict due: record id -> when the event happened
        :return: the records that moved
        """
        if not records:
            return records
        try:
            with self.env.cr.savepoint():
                return records._lifecycle_move(
                    self.to_stage_id, self._cause(), rule=self, dates=due
                )
        except psycopg2.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - one bad record never stops the others
            self.env.invalidate_all(flush=False)
            if len(records) == 1:
                _logger.info("Lifecycle rule %s cannot move %s: %s", self.id, records, error)
                lines = [self.last_error, f"{records.display_name}: {error}"]
                self.last_error = "\n".join(filter(None, lines))[:ERROR_LENGTH]
                return records.browse()
        half = len(records) // 2
        return self._move_batch(records[:half], due) | self._move_batch(records[half:], due)

    def _target(self):
        """Give the model the rule is about; rules act for the company, not for a user."""
        return self.env[self.model].sudo()

    def _cause(self):
        return CAUSES.get(self.trigger, "rule")

    def _filter_domain(self):
        """Read the filter that a manager wrote.

        :raise ValueError: not a domain
        """
        return Domain(ast.literal_eval(self.domain or "[]"))

    def _eligible_domain(self):
        """Give the domain of records that the rule may move once its event happens."""
        return (
            self._departure_domain()
            & self._filter_domain()
            & self._state_domain()
            & self._target()._lifecycle_subject_domain()
        )

    def _due_domain(self):
        """Give the domain of records that the rule would move now."""
        return self._eligible_domain() & self._happened_domain()

    def _departure_domain(self):
        """Give the domain of the stages that the rule moves away from."""
        if self.from_stage_ids:
            departures = self.from_stage_ids - self.to_stage_id
            return Domain("lifecycle_stage_id", "in", departures.ids)
        if self.to_stage_id.kind == "former":
            return Domain("lifecycle_kind", "=", "customer")
        before = Domain("lifecycle_stage_id", "in", self.to_stage_id._stages_before().ids)
        if self.trigger in ("domain", "response"):
            return before
        # business draws a contact into the lifecycle; a filter or a mail of a supplier does not
        return before | Domain("lifecycle_stage_id", "=", False)

    def _state_domain(self):
        """Give the domain of what the trigger says about the record itself."""
        if self.trigger == "opportunity":
            return Domain("type", "=", "opportunity")
        if self.trigger == "pipeline":
            return Domain("stage_id", "in", self.pipeline_stage_ids.ids)
        return Domain.TRUE

    def _happened_domain(self):
        """Give the domain of records to which the event has happened in their stage.

        A filter has no event: it moves each record once.
        """
        query = self._due_query()
        if query is None:
            return Domain("lifecycle_transition_ids", "not any", [("rule_id", "=", self.id)])
        return Domain("id", "in", SQL("(SELECT due.record_id FROM (%s) due)", query))

    def _due_query(self):
        """Give the SQL of the events since the records entered their stage, or None.

        Its columns are ``record_id`` and ``at``.
        """
        self.env.flush_all()
        if self.trigger == "inactivity":
            company = self.env["res.company"].sudo().search([], order="id", limit=1)
            return facts.inactive_customers(self.inactivity_months, company.lifecycle_former_months)
        query = self._facts_query()
        return query and SQL(
            "SELECT f.record_id, f.at FROM (%(facts)s) f JOIN %(table)s r ON r.id = f.record_id"
            " WHERE r.lifecycle_date IS NULL"
            " OR date_trunc('second', GREATEST(f.at, f.known_at)) > r.lifecycle_date",
            facts=query,
            table=SQL.identifier(self._target()._table),
        )

    def _facts_query(self):
        """Give the SQL of all events of the trigger, or None for a filter."""
        target = self._target()
        orders = facts.lead_orders if self.model == "crm.lead" else facts.partner_orders
        queries = {
            "quotation": lambda: orders(("sent", "sale")),
            "order": lambda: orders(("sale",)),
            "invoice": facts.partner_invoices,
            "opportunity": facts.opportunities,
            "pipeline": lambda: facts.pipeline_entries(self.pipeline_stage_ids.ids),
            "response": lambda: facts.responses(target._name, target._table),
        }
        query = queries.get(self.trigger)
        return query and query()
