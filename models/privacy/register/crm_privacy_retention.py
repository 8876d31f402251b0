from ast import literal_eval

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from . import safe_filter

#: What a rule is about: the model, and the field that dates records nobody is asked about.
SUBJECTS = {
    "prospect": ("res.partner", None),
    "contact": ("res.partner", None),
    "customer": ("res.partner", None),
    "lead": ("crm.lead", None),
    "trace": ("mailing.trace", "create_date"),
    "click": ("link.tracker.click", "create_date"),
}
#: What may be done with them.
ACTIONS = {
    "res.partner": ("anonymise", "archive"),
    "crm.lead": ("anonymise", "archive"),
}
#: Written by the refresh only.
FIGURES = frozenset(("due_count", "held_count", "asked_count", "refreshed_at", "recycle_model_id"))
STEP_TOKEN = object()


class CrmPrivacyRetention(models.Model):
    """How long whose data is kept, and what is done with it then; on top of `data_recycle`.

    When is the period over?
        So many months after the last contact *by the person*: a click, a reply, a request, an
        order. A message that was sent or opened is none, and neither is an unsubscription.
        Without any: after the day the data was collected. For customers, purchases count too.
    Who is left out?
        Internal users, and who has an open document, an unpaid invoice, a request that is not
        answered, a legal hold; from anonymisation also who has invoices that must be kept. They
        are listed with the reason.
    What happens to those who are due?
        They are listed first: who and why. A manual rule waits for the officer; an automatic
        one works every night, in batches. If the rule says so, each of them is asked once, by
        e-mail, whether to stay in touch; whoever clicks or answers is not due any more.
    What is kept as proof?
        Date, rule and numbers of each run; nothing personal.
    What about companies?
        A rule of a company goes before the general one for that company's records.
    """

    _name = "crm.privacy.retention"
    _description = "Retention Rule"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        tracking=True,
        help="Without a company: for the records of all companies that have no rule of their own.",
    )
    subject = fields.Selection(
        [
            ("prospect", "Contacts who never bought"),
            ("customer", "Contacts who bought"),
            ("contact", "Other contacts, without any stage"),
            ("lead", "Leads that were not won"),
            ("trace", "Traces of mailings"),
            ("click", "Clicks on tracked links"),
        ],
        "Whose Data",
        required=True,
        default="prospect",
        tracking=True,
    )
    model = fields.Char(compute="_compute_model")
    months = fields.Integer(
        "Kept for", required=True, default=36, tracking=True, help="Months of the calendar."
    )
    domain = fields.Char("Only Those", default="[]", tracking=True)
    with_companies = fields.Boolean(
        "Companies Too", tracking=True, help="Sole traders may be recorded as companies."
    )
    action = fields.Selection(
        [("anonymise", "Anonymise"), ("archive", "Archive"), ("unlink", "Delete")],
        "Then",
        required=True,
        default="anonymise",
        tracking=True,
    )
    mode = fields.Selection(
        [("manual", "After the officer's decision"), ("automatic", "Every night")],
        "When It Is Carried Out",
        required=True,
        default="manual",
        tracking=True,
    )
    # asking once
    ask_first = fields.Boolean("Ask Once Whether to Stay in Touch", tracking=True)
    ask_days = fields.Integer("Days to Answer", default=30, tracking=True)
    ask_template_id = fields.Many2one(
        "mail.template", "Message", domain=[("model", "=", "res.partner")], ondelete="restrict"
    )
    # what was found
    recycle_model_id = fields.Many2one(
        "data_recycle.model", readonly=True, copy=False, index=True, ondelete="set null"
    )
    due_count = fields.Integer("Due", readonly=True, copy=False)
    held_count = fields.Integer("Left Out", readonly=True, copy=False)
    asked_count = fields.Integer("Asked", readonly=True, copy=False)
    refreshed_at = fields.Datetime("Counted On", readonly=True, copy=False)
    run_ids = fields.One2many("crm.privacy.retention.run", "retention_id", "Proof", readonly=True)

    _months_positive = models.Constraint(
        "CHECK(months > 0)", "Data must be kept for at least one month."
    )
    _ask_days_positive = models.Constraint(
        "CHECK(ask_days > 0)", "The persons need at least one day to answer."
    )

    @api.depends("subject")
    def _compute_model(self):
        for rule in self:
            rule.model = SUBJECTS[rule.subject][0] if rule.subject else False

    @api.constrains("subject", "action", "ask_first", "ask_template_id")
    def _check_action(self):
        labels = dict(self._fields["action"]._description_selection(self.env))
        for rule in self:
            possible = ACTIONS.get(rule.model, ("unlink",))
            if rule.action not in possible:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s”: these records cannot be handled so. Choose: %(actions)s.",
                        rule=rule.name,
                        actions=", ".join(labels[action] for action in possible),
                    )
                )
            if rule.ask_first and (rule.model != "res.partner" or not rule.ask_template_id):
                raise ValidationError(
                    self.env._(
                        "“%(rule)s”: only contacts can be asked, and the message must be chosen.",
                        rule=rule.name,
                    )
                )

    @api.constrains("domain", "subject")
    def _check_domain(self):
        for rule in self:
            rule._raise_bad_domain()

    def _raise_bad_domain(self):
        """Refuse a filter that cannot be used."""
        try:
            domain = self._own_domain()
            domain.validate(self.env[self.model])
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValidationError(
                self.env._(
                    "The filter of “%(rule)s” cannot be used: %(why)s",
                    rule=self.name,
                    why=str(error),
                )
            ) from error
        # constraints run with all rights
        user = self.env(su=self.env.user._is_superuser())
        safe_filter.check(user[self.model], domain)

    @api.onchange("subject")
    def _onchange_subject(self):
        possible = ACTIONS.get(self.model, ("unlink",))
        if self.action not in possible:
            self.action = possible[0]
        self.domain = "[]"

    def _own_domain(self):
        """Give the filter of the rule."""
        return Domain(literal_eval(self.domain or "[]"))

    def _is_about_persons(self):
        """Tell whether the records are persons, who are listed one by one."""
        return SUBJECTS[self.subject][1] is None

    @api.model_create_multi
    def create(self, vals_list):
        """Give each rule its counterpart in Odoo's data recycling."""
        rules = super().create([self._without_figures(vals) for vals in vals_list])
        for rule in rules:
            recycle_model = self.env["data_recycle.model"].sudo().create(rule._recycle_values())
            rule.with_context(privacy_retention_step=STEP_TOKEN).recycle_model_id = recycle_model
        return rules

    def write(self, vals):
        """Keep the counterpart the same; what was found is not right any more."""
        if self.env.context.get("privacy_retention_step") is STEP_TOKEN:
            return super().write(vals)
        result = super().write(self._without_figures(vals))
        for rule in self:
            kept = ("active", "recycle_mode")
            values = {k: v for k, v in rule._recycle_values().items() if k not in kept}
            rule.recycle_model_id.sudo().write(values)
        if vals.keys() - {"name", "sequence", "mode"}:
            self._forget()
        return result

    def _note_figures(self, **values):
        """Write what was found."""
        self.with_context(privacy_retention_step=STEP_TOKEN, tracking_disable=True).write(values)

    @api.model
    def _without_figures(self, vals):
        """Take out what only the refresh writes."""
        return {name: value for name, value in vals.items() if name not in FIGURES}

    def _recycle_values(self):
        """Give the values of the counterpart in Odoo's data recycling."""
        name, date_field = SUBJECTS[self.subject]
        time_field = self.env["ir.model.fields"].sudo()._get(name, date_field) if date_field else 0
        return {
            "name": self.name,
            # it never does anything by itself, also when the addon is gone
            "active": False,
            "recycle_mode": "manual",
            "res_model_id": self.env["ir.model"]._get_id(name),
            "recycle_action": self.action,
            "domain": self.domain,
            "time_field_id": time_field.id if date_field else False,
            "time_field_delta": self.months,
            "time_field_delta_unit": "months",
            "include_archived": True,
            "notify_user_ids": False,
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        if any(rule.run_ids for rule in self):
            raise UserError(
                self.env._("This rule has run, and is kept with its proof. Archive it instead.")
            )

    def unlink(self):
        """Take the counterpart along."""
        counterparts = self.recycle_model_id.sudo()
        result = super().unlink()
        counterparts.unlink()
        return result

    def copy_data(self, default=None):
        """Name the copy as one."""
        return [
            {**vals, "name": self.env._("%(name)s (copy)", name=rule.name)}
            if "name" not in (default or {})
            else vals
            for rule, vals in zip(self, super().copy_data(default), strict=True)
        ]

    @api.model
    def _ruled_models(self):
        """Give the names of the models that a rule is about."""
        return {SUBJECTS[rule.subject][0] for rule in self.search([("active", "=", True)])}

    def _limit(self, today=None):
        """Give the day up to which a last contact is too old."""
        return (today or fields.Date.today()) - relativedelta(months=self.months)

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_refresh(self):
        """Look now who is due; nothing else is done."""
        self.check_access("write")
        self.sudo()._refresh()
        return self.action_open_records() if len(self) == 1 else None

    def action_open_records(self):
        """Open the persons, or records, of the count that the button names."""
        self.ensure_one()
        if not self._is_about_persons():
            return self._open_old_records()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_lifecycle.data_recycle_record_action_privacy"
        )
        state = self.env.context.get("privacy_state")
        return {
            **action,
            "name": self.name,
            "domain": [("retention_id", "=", self.id)],
            "context": {f"search_default_{state}": 1} if state else {},
        }

    def _open_old_records(self):
        """Open records that are not persons."""
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self.model,
            "view_mode": "list",
            "domain": list(self._old_domain()),
            "context": {"create": False},
        }

    def action_run(self):
        """Do what the rule says, now, with those who are due."""
        self.ensure_one()
        self.check_access("write")
        self.sudo()._refresh()
        run = self.sudo()._open_run() or self.sudo()._start_run(self.env.user)
        run._step()
        if not run.ended_at:
            self.env.ref("crm_lifecycle.ir_cron_privacy_retention").sudo()._trigger()
        return {
            "type": "ir.actions.act_window",
            "res_model": run._name,
            "res_id": run.id,
            "view_mode": "form",
        }
