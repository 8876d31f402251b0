from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

from . import facts, joined_columns, progress

# Lets a write of the stage through to the database. It is an object, so that no RPC
# call can send it: every change from outside ends in `_lifecycle_move`.
MOVE_TOKEN = object()

# Lets the stage out of a write, for a merge that decides on it afterwards.
KEEP_TOKEN = object()

# What follows from the stage is never written from outside.
DERIVED = ("lifecycle_date", "lifecycle_kind")

# The oldest first: (value, days), a record is in the last class it is old enough for.
AGE_CLASSES = (("week", 0), ("month", 7), ("quarter", 30), ("older", 90))

joined_columns.declare("_age_to_sql", ["lifecycle_age"])


class CrmLifecycleMixin(models.AbstractModel):
    """Gives a model its place in the lifecycle; inherited by leads and contacts.

    How does the stage change?
        By writing `lifecycle_stage_id` (form, drag, import, RPC) or by calling
        `_lifecycle_move`. Both end in `_lifecycle_move`, which adds the transition.
    What does the inheriting model say?
        `_lifecycle_subject`: the field of the transition that points to it;
        `_lifecycle_followers`: the contacts that follow it.
    May `lifecycle_date` be given?
        At creation only, for a record whose history began elsewhere; later it is the
        date of the last move.
    """

    _name = "crm.lifecycle.mixin"
    _description = "Lifecycle Mixin"
    _lifecycle_subject = None

    lifecycle_stage_id = fields.Many2one(
        "crm.lifecycle.stage",
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
        group_expand="_read_group_lifecycle_stage_ids",
        groups="base.group_user",
    )
    lifecycle_kind = fields.Selection(
        related="lifecycle_stage_id.kind",
        string="Lifecycle",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
    )
    lifecycle_date = fields.Datetime(
        "In Stage Since", copy=False, readonly=True, groups="base.group_user"
    )
    # derived from the date when read: they change every day by themselves
    lifecycle_days = fields.Integer(
        "Days in Stage", compute="_compute_lifecycle_age", groups="base.group_user"
    )
    lifecycle_age = fields.Selection(
        [
            ("week", "Less than a week"),
            ("month", "A week to a month"),
            ("quarter", "One to three months"),
            ("older", "More than three months"),
        ],
        string="Time in Stage",
        compute="_compute_lifecycle_age",
        search="_search_lifecycle_age",
        groups="base.group_user",
    )
    lifecycle_overdue = fields.Boolean(
        "Overdue in Stage",
        compute="_compute_lifecycle_overdue",
        search="_search_lifecycle_overdue",
        groups="base.group_user",
    )

    lifecycle_due_rule_ids = fields.Many2many(
        "crm.lifecycle.rule",
        string="Rules That Would Move It",
        compute="_compute_lifecycle_due_rule_ids",
        search="_search_lifecycle_due_rule_ids",
        groups="crm_lifecycle.group_lifecycle_user",
    )

    @api.depends("lifecycle_date")
    def _compute_lifecycle_age(self):
        now = fields.Datetime.now()
        for record in self:
            days = int(progress.days_between(record.lifecycle_date, now))
            record.lifecycle_days = days
            record.lifecycle_age = record.lifecycle_date and next(
                name for name, least in reversed(AGE_CLASSES) if days >= least
            )

    @api.model
    def _search_lifecycle_age(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        upper = {name: now - timedelta(days=least) for name, least in AGE_CLASSES}
        lower = dict(zip(upper, [*list(upper.values())[1:], None], strict=True))
        return Domain.OR(
            Domain("lifecycle_date", "=", False)
            if not name
            else Domain("lifecycle_date", "<=", upper[name])
            & (Domain("lifecycle_date", ">", lower[name]) if lower[name] else Domain.TRUE)
            for name in value
        )

    @api.depends("lifecycle_date", "lifecycle_stage_id.max_days")
    def _compute_lifecycle_overdue(self):
        now = fields.Datetime.now()
        for record in self:
            limit = record.lifecycle_stage_id.max_days
            age = progress.days_between(record.lifecycle_date, now)
            record.lifecycle_overdue = bool(limit) and age > limit

    @api.model
    def _search_lifecycle_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        stages = self.env["crm.lifecycle.stage"].with_context(active_test=False)
        overdue = Domain.OR(
            Domain("lifecycle_stage_id", "=", stage.id)
            & Domain("lifecycle_date", "<", now - timedelta(days=stage.max_days))
            for stage in stages.search([("max_days", ">", 0)])
        )
        return Domain.OR(overdue if wanted else ~overdue for wanted in value)

    def _compute_lifecycle_due_rule_ids(self):
        self.lifecycle_due_rule_ids = False
        for rule in self.env["crm.lifecycle.rule"].search([("model", "=", self._name)]):
            due = self.search(rule._due_domain() & Domain("id", "in", self.ids))
            due.lifecycle_due_rule_ids |= rule

    @api.model
    def _search_lifecycle_due_rule_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        rules = self.env["crm.lifecycle.rule"].browse(value)
        return Domain.OR(rule._due_domain() for rule in rules if rule.model == self._name)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let lists, pivots and groups use what is no column of the record."""
        method = joined_columns.METHODS.get(field_expr)
        if method is None or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        return getattr(self, method)(alias, field_expr, query)

    def _age_to_sql(self, alias, _name, query):
        """Give the class of the time in the stage."""
        date = self._field_to_sql(alias, "lifecycle_date", query)
        now = fields.Datetime.now()
        cases = SQL(" ").join(
            SQL("WHEN %s <= %s THEN %s", date, now - timedelta(days=least), name)
            for name, least in reversed(AGE_CLASSES)
        )
        return SQL("(CASE %s END)", cases)

    @api.model
    def _read_group_lifecycle_stage_ids(self, stages, domain):
        """Show all stages as columns of a kanban, or those of the kinds that are looked at."""
        kinds = self.env.context.get("lifecycle_kind_columns", progress.KINDS)
        return stages.search([("kind", "in", kinds)])

    @api.model_create_multi
    def create(self, vals_list):
        """Note the entry of the records that are created in a stage."""
        now = fields.Datetime.now()
        default = {}
        if not all("lifecycle_stage_id" in vals for vals in vals_list):
            default = self.default_get(["lifecycle_stage_id"])
        records = super().create(
            [self._lifecycle_created_values(default | vals, now) for vals in vals_list]
        )
        records.sudo()._lifecycle_enter()
        return records

    def write(self, vals):
        """Turn a new stage into a move."""
        if self.env.context.get("lifecycle_move") is MOVE_TOKEN or not any(
            name in vals for name in ("lifecycle_stage_id", *DERIVED)
        ):
            return super().write(vals)
        vals = {name: value for name, value in vals.items() if name not in DERIVED}
        moves = "lifecycle_stage_id" in vals
        stage = self.env["crm.lifecycle.stage"].browse(vals.pop("lifecycle_stage_id", False))
        result = super().write(vals)
        if moves and self.env.context.get("lifecycle_keep_stage") is not KEEP_TOKEN:
            self._lifecycle_move(stage, self._lifecycle_cause())
        return result

    @api.model
    def _lifecycle_created_values(self, vals, now):
        """Complete the values of a new record: a stage has a date, and not a future one."""
        kept = {name: value for name, value in vals.items() if name not in DERIVED}
        if not vals.get("lifecycle_stage_id"):
            return kept
        date = fields.Datetime.to_datetime(vals.get("lifecycle_date"))
        stage = self.env["crm.lifecycle.stage"].browse(vals["lifecycle_stage_id"])
        return {
            **kept,
            "lifecycle_date": progress.move_date(date, None, now),
            # known already: thousands of new records need not compute it
            "lifecycle_kind": stage.sudo().kind,
        }

    @api.model
    def _lifecycle_cause(self):
        """Give the cause of a move made by writing the stage."""
        return "import" if self.env.context.get("import_file") else "manual"

    def _lifecycle_enter(self):
        """Note the entry of new records, and take along the contacts that follow them."""
        entered = self.filtered("lifecycle_stage_id")
        if not entered:
            return
        cause = self._lifecycle_cause()
        self.env["crm.lifecycle.transition"]._append_entries(entered, cause)
        for stage, records in entered.grouped("lifecycle_stage_id").items():
            if cause != "import":
                records._lifecycle_start_work(stage)
            records._lifecycle_lead_on(stage, cause)

    def _lifecycle_move(self, stage, cause, *, rule=None, note=None, origins=None, dates=None):
        """Move records to a stage, in either direction, and add their transitions.

        What belongs to going up, or in, follows: the activity plan, the person in charge,
        and the contacts that follow the record. Records that are there already stay untouched.

        :param stage: `crm.lifecycle.stage`, or empty to take the records out of the lifecycle
        :param str cause: a value of `crm.lifecycle.transition.cause`
        :param rule: the `crm.lifecycle.rule` that moves them
        :param str note: why, in the user's words
        :param dict origins: record id -> the record that caused the move; it dates it
        :param dict dates: record id -> when it happened; else the date of the origin, else now
        :return: the records that moved
        """
        moving = self.filtered(lambda record: record.sudo().lifecycle_stage_id != stage)
        if not moving:
            return moving
        transitions = self.env["crm.lifecycle.transition"]._append(
            moving, stage, cause, rule=rule, note=note, origins=origins, dates=dates
        )
        moving._lifecycle_write(stage, transitions)
        upward = moving.browse(
            record.id
            for record, transition in zip(moving, transitions, strict=True)
            if transition.direction in ("entry", "forward")
        )
        upward._lifecycle_start_work(stage)
        moving._lifecycle_lead_on(stage, cause, rule=rule, origins=origins)
        return moving

    def _lifecycle_advance(self, stage, cause, **options):
        """Move those records for which the stage is progress; see `_lifecycle_move`."""
        position = stage._position()
        return self.filtered(
            lambda record: progress.advances(record.sudo().lifecycle_stage_id._position(), position)
        )._lifecycle_move(stage, cause, **options)

    def _lifecycle_merge(self, records):
        """Take the stage of the furthest of merged records, and the time it has been there.

        :param records: all that are merged into this one, and this one
        """
        self.ensure_one()
        stage = records.lifecycle_stage_id._furthest()
        there = records.filtered(lambda record: record.lifecycle_stage_id == stage)
        since = min(filter(None, there.mapped("lifecycle_date")), default=None)
        return self._lifecycle_move(stage, "merge", dates={self.id: since})

    def _lifecycle_write(self, stage, transitions):
        """Write the stage in one go, and the dates of the moves where they differ."""
        dates = transitions.mapped("date")
        self.with_context(lifecycle_move=MOVE_TOKEN).write(
            {"lifecycle_stage_id": stage.id, "lifecycle_date": dates[0] if stage else False}
        )
        if stage and len(set(dates)) > 1:
            self._lifecycle_write_dates(dates)

    def _lifecycle_write_dates(self, dates):
        """Write a date for each record, in one statement."""
        self.flush_recordset(["lifecycle_date"])
        self.env.cr.execute(
            SQL(
                "UPDATE %s r SET lifecycle_date = v.date"
                " FROM unnest(%s, %s::timestamp[]) v (id, date) WHERE r.id = v.id",
                SQL.identifier(self._table),
                list(self.ids),
                dates,
            )
        )
        self.invalidate_recordset(["lifecycle_date"], flush=False)

    def _lifecycle_start_work(self, stage):
        """Start what belongs to going up into a stage: the person in charge, the plan."""
        person = stage.responsible_id
        if person:
            alone = self.filtered(
                lambda record: (
                    not record.user_id
                    and (not record.company_id or record.company_id in person.company_ids)
                )
            )
            alone.user_id = alone._lifecycle_person_in_charge(person)
        plan = stage.activity_plan_id
        if plan and plan.res_model == self._name:
            plan._lifecycle_start(self, person)

    def _lifecycle_person_in_charge(self, person):
        """Give the user who becomes the salesperson of records that nobody is in charge of."""
        return person

    def _lifecycle_answered(self, mail):
        """Take a received mail as an answer, if it comes from the person's own address.

        :param dict mail: the mail as Odoo's gateway gives it
        """
        sender = email_normalize(mail.get("email_from"))
        answering = self.sudo().filtered(
            lambda record: sender and record.email_normalized == sender
        )
        self.env["crm.lifecycle.rule"]._fire("response", self._name, answering.ids)

    def _lifecycle_lead_on(self, stage, cause, *, rule=None, origins=None):
        """Take along the contacts that follow these records, where it is progress for them."""
        origins = origins or {}
        followed = {
            partner.id: origins.get(record.id, record)
            for record in self.sudo()
            for partner in record._lifecycle_followers()
        }
        if not followed or not stage:
            return
        self.env["res.partner"].sudo().browse(followed)._lifecycle_advance(
            stage, cause, rule=rule, origins=followed
        )

    def _lifecycle_event_date(self):
        """Give the date of the event this record is, when it moves another one."""
        return self.lifecycle_date

    def _lifecycle_subject_values(self):
        """Give the values of the transition's fields that say whose row it is."""
        return {self._lifecycle_subject: self.id}

    @api.model
    def _lifecycle_subject_domain(self):
        """Give the domain of the records that rules may move."""
        return Domain.TRUE

    def _lifecycle_attribution_values(self):
        """Give source, medium, campaign, team, salesperson and company of this record."""
        return facts.attribution_values(self)

    def _lifecycle_followers(self):
        """Give the contacts whose stage follows this record's."""
        return self.env["res.partner"]
