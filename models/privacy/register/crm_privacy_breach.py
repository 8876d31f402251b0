from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from . import breach_clock

#: What the notification of the authority contains (art. 33(3)): needed before it is noted as sent.
CONTENT = ("facts", "consequences", "measures_taken")
#: Where the file of a breach is: written by its steps only.
STEPS = frozenset(("state", "name", "authority_notified_at", "closed_at"))
#: It is an object, so that no RPC call can send it.
STEP_TOKEN = object()


class CrmPrivacyBreach(models.Model):
    """A breach of personal data: what happened, what is done, who is told (art. 33 and 34).

    When does the clock run?
        From the moment the company knows (`aware_at`), 72 hours of the calendar, in UTC; until
        the notification to the authority is noted, or the risk is assessed as none.
    Who must be told?
        Without risk: nobody, and the reason is kept. A risk: the authority. A high risk: also
        the persons, unless an exception of art. 34(3) applies, which is then explained.
    What if it is late?
        The notification can only be noted with the reasons of the delay (art. 33(1)).
    What if not everything is known yet?
        Notify in phases: each piece of information that follows is a note with a date.
    As a processor?
        The controller is told without undue delay (art. 33(2)), who then notifies.
    Can a breach be deleted, or its history?
        No: every breach is kept, also those that are notified to nobody (art. 33(5)); a closed
        file is opened again to change it, and that is noted too.
    """

    _name = "crm.privacy.breach"
    _description = "Personal Data Breach"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "aware_at desc, id desc"

    name = fields.Char("Reference", readonly=True, copy=False, default="/")
    title = fields.Char("What Happened", required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, tracking=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Handled By",
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
        tracking=True,
    )
    state = fields.Selection(
        [("open", "In progress"), ("notified", "Notified"), ("closed", "Closed")],
        required=True,
        default="open",
        readonly=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    # when
    occurred_at = fields.Datetime("Began On", tracking=True)
    occurred_until = fields.Datetime("Ended On", tracking=True)
    is_ongoing = fields.Boolean("Still Going On", tracking=True)
    aware_at = fields.Datetime(
        "Known Since",
        required=True,
        default=fields.Datetime.now,
        tracking=True,
        help="When the company became reasonably certain of the breach: the 72 hours run from"
        " here, also at night and on weekends.",
    )
    discovered_how = fields.Char("Found By", tracking=True)
    deadline = fields.Datetime(
        "Notify Until", compute="_compute_deadline", store=True, index="btree_not_null"
    )
    hours_left = fields.Integer(compute="_compute_clock")
    clock = fields.Selection(
        [
            ("running", "Running"),
            ("urgent", "Urgent"),
            ("late", "Too late"),
            ("off", "No deadline"),
        ],
        compute="_compute_clock",
    )
    closed_at = fields.Datetime(readonly=True, copy=False)
    # what
    is_confidentiality = fields.Boolean("Confidentiality", tracking=True)
    is_integrity = fields.Boolean("Integrity", tracking=True)
    is_availability = fields.Boolean("Availability", tracking=True)
    cause = fields.Selection(
        [
            ("internal_accident", "Internal, by accident"),
            ("internal_malicious", "Internal, on purpose"),
            ("external_accident", "External, by accident"),
            ("external_malicious", "External, on purpose"),
            ("unknown", "Not known yet"),
        ],
        default="unknown",
        required=True,
        tracking=True,
    )
    facts = fields.Text(tracking=True)
    # whose, and which
    persons = fields.Text("Persons Concerned", tracking=True)
    person_count = fields.Integer("Number of Persons (About)", tracking=True)
    is_person_count_known = fields.Boolean("Number of Persons Known", tracking=True)
    data_categories = fields.Text("Data Concerned", tracking=True)
    has_sensitive = fields.Boolean("Sensitive Data", tracking=True)
    record_count = fields.Integer("Number of Records (About)", tracking=True)
    processing_ids = fields.Many2many("crm.privacy.processing", string="Processing Activities")
    is_cross_border = fields.Boolean("Persons in Several Countries of the Union", tracking=True)
    countries = fields.Char("Which Countries", tracking=True)
    # effects and remedies
    consequences = fields.Text("Likely Consequences", tracking=True)
    measures_before = fields.Text("Security Before the Breach", tracking=True)
    measures_taken = fields.Text(tracking=True)
    measures_planned = fields.Text(tracking=True)
    # how serious
    risk = fields.Selection(
        [("none", "No risk"), ("risk", "A risk"), ("high", "A high risk")],
        "For the Persons",
        tracking=True,
    )
    risk_note = fields.Text(
        "Why",
        tracking=True,
        help="Kind of data, number of persons, how easily they are recognised, how serious the"
        " consequences are and for how long.",
    )
    must_notify_authority = fields.Boolean(
        "Notify the Authority", compute="_compute_duties", store=True
    )
    must_notify_persons = fields.Boolean("Tell the Persons", compute="_compute_duties", store=True)
    exemption = fields.Selection(
        [
            ("protected", "The data cannot be read, e.g. encrypted (34(3) a)"),
            ("remedied", "Measures have ended the high risk (34(3) b)"),
            ("public", "Disproportionate effort: public notice instead (34(3) c)"),
        ],
        "Exception",
        tracking=True,
    )
    exemption_note = fields.Text("Why the Exception Applies", tracking=True)
    # the authority
    authority_notified_at = fields.Datetime("Notified On", readonly=True, copy=False)
    authority_reference = fields.Char("Reference of the Authority", tracking=True, copy=False)
    late_reason = fields.Text("Reasons of the Delay", tracking=True, copy=False)
    is_late = fields.Boolean("Late", compute="_compute_is_late", store=True)
    other_authorities = fields.Char(
        "Also Reported To", tracking=True, help="Police, cyber security agency, insurer ..."
    )
    # as a processor
    role = fields.Selection(
        [("controller", "Controller"), ("processor", "Processor")],
        "The Company Is",
        required=True,
        default="controller",
        tracking=True,
    )
    controller_id = fields.Many2one(
        "res.partner", tracking=True, help="Whose data the company handles."
    )
    controller_notified_at = fields.Datetime("Controller Told On", tracking=True, copy=False)
    note_ids = fields.One2many("crm.privacy.breach.note", "breach_id", "History", readonly=True)

    # ------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------

    @api.depends("aware_at")
    def _compute_deadline(self):
        for breach in self:
            aware = breach.aware_at
            breach.deadline = breach_clock.deadline(aware) if aware else False

    @api.depends("aware_at", "state", "risk", "authority_notified_at", "role")
    def _compute_clock(self):
        now = fields.Datetime.now()
        for breach in self:
            runs = breach.aware_at and breach._clock_runs()
            left = breach_clock.hours_left(breach.aware_at, now) if runs else 0
            breach.hours_left = left
            breach.clock = breach._clock_state(left) if runs else "off"

    def _clock_runs(self):
        """Tell whether the authority has to be notified, or may have to."""
        return (
            self.state == "open"
            and self.role == "controller"
            and self.risk != "none"
            and not self.authority_notified_at
        )

    @api.model
    def _clock_state(self, left):
        """Name how urgent it is."""
        if left < 0:
            return "late"
        return "urgent" if left < breach_clock.REMINDERS[0] else "running"

    @api.model
    def _clock_domain(self):
        """Give the breaches whose clock runs; the same as `_clock_runs`."""
        return [
            ("state", "=", "open"),
            ("role", "=", "controller"),
            ("risk", "!=", "none"),
            ("authority_notified_at", "=", False),
        ]

    @api.depends("risk", "role", "exemption")
    def _compute_duties(self):
        for breach in self:
            controller = breach.role == "controller"
            breach.must_notify_authority = controller and breach.risk in ("risk", "high")
            breach.must_notify_persons = (
                controller and breach.risk == "high" and not breach.exemption
            )

    @api.depends("authority_notified_at", "aware_at")
    def _compute_is_late(self):
        for breach in self:
            notified = breach.authority_notified_at
            breach.is_late = bool(notified) and breach_clock.is_late(breach.aware_at, notified)

    @api.depends("name", "title")
    def _compute_display_name(self):
        for breach in self:
            known = breach.name and breach.name != "/"
            breach.display_name = f"{breach.name} {breach.title or ''}" if known else breach.title

    # ------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------

    @api.constrains("aware_at", "occurred_at", "occurred_until")
    def _check_dates(self):
        now = fields.Datetime.now()
        for breach in self:
            if breach.aware_at > now:
                raise ValidationError(
                    self.env._("The company cannot know of the breach in the future.")
                )
            if breach.occurred_at and breach.occurred_at > breach.aware_at:
                raise ValidationError(self.env._("The breach began before the company knew of it."))
            ends = breach.occurred_until
            if ends and breach.occurred_at and ends < breach.occurred_at:
                raise ValidationError(self.env._("The breach cannot end before it began."))

    @api.constrains("risk", "risk_note", "state")
    def _check_risk(self):
        for breach in self:
            if breach.risk == "none" and not breach.risk_note:
                raise ValidationError(
                    self.env._(
                        "Please say why the breach “%(breach)s” is no risk for the persons: this"
                        " is what the authority asks for when it checks the register.",
                        breach=breach.title,
                    )
                )

    @api.constrains("exemption", "exemption_note")
    def _check_exemption(self):
        if any(breach.exemption and not breach.exemption_note for breach in self):
            raise ValidationError(
                self.env._("Please say why the exception applies and the persons are not told.")
            )

    @api.constrains("person_count", "record_count")
    def _check_counts(self):
        if any(breach.person_count < 0 or breach.record_count < 0 for breach in self):
            raise ValidationError(
                self.env._("The numbers of persons and of records cannot be negative.")
            )

    @api.constrains("late_reason", "authority_notified_at", "aware_at")
    def _check_late_reason(self):
        if any(breach.is_late and not breach.late_reason for breach in self):
            raise ValidationError(
                self.env._(
                    "The authority was notified more than 72 hours after the company knew of the"
                    " breach: please give the reasons of the delay (art. 33(1))."
                )
            )

    # ------------------------------------------------------------
    # Create, write, never delete
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Number the breaches, start their history and their clock."""
        for vals in vals_list:
            self._refuse_steps(vals)
            vals["name"] = self.env["ir.sequence"].sudo().next_by_code(self._name)
        breaches = super().create(vals_list)
        for breach in breaches:
            breach._note("opened", breach.facts or breach.title)
        breaches._start_clock()
        return breaches

    def write(self, vals):
        """Keep closed files as they are; note a change of the risk in the history."""
        self._refuse_steps(vals)
        if self.env.context.get("privacy_breach_step") is not STEP_TOKEN:
            self._refuse_closed(vals)
        before = {breach: (breach.risk, breach.aware_at) for breach in self}
        result = super().write(vals)
        for breach in self:
            if breach.risk != before[breach][0]:
                breach._note_risk()
            if breach.aware_at != before[breach][1]:
                breach._note("changed", self.env._("The moment of awareness was corrected."))
                breach._drop_reminders()
                breach._start_clock()
        self.filtered(lambda breach: breach.clock == "off")._drop_reminders()
        return result

    def _refuse_steps(self, vals):
        """Let only the buttons write where a file is."""
        steps = STEPS & vals.keys()
        if steps and self.env.context.get("privacy_breach_step") is not STEP_TOKEN:
            raise UserError(
                self.env._(
                    "Where the file of a breach is cannot be written by hand: use its buttons."
                )
            )

    def _refuse_closed(self, vals):
        """Refuse to change a closed file; activities and followers are no part of it."""
        if any(breach.state == "closed" for breach in self) and any(
            name in self._fields and not name.startswith(("activity_", "message_")) for name in vals
        ):
            raise UserError(
                self.env._("This file is closed. Open it again to change it; that is noted.")
            )

    def _note_step(self, **values):
        """Write where the file is."""
        self.with_context(privacy_breach_step=STEP_TOKEN).write(values)

    def copy(self, default=None):  # pylint: disable=method-required-super
        """Refuse: a breach happens once."""
        raise UserError(self.env._("A breach happens once: create another file for another one."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "A breach cannot be deleted: the register holds every breach, also those that are"
                " notified to nobody (art. 33(5)). Close the file instead."
            )
        )

    # ------------------------------------------------------------
    # History
    # ------------------------------------------------------------

    def _note(self, kind, text, date=None):
        """Add a line to the history."""
        self.ensure_one()
        vals = {"breach_id": self.id, "kind": kind, "text": text}
        if date:
            vals["date"] = date
        return self.env["crm.privacy.breach.note"].sudo().create({**vals, "user_id": self.env.uid})

    def _note_risk(self):
        labels = dict(self._fields["risk"]._description_selection(self.env))
        self._note(
            "risk",
            self.env._(
                "Risk for the persons: %(risk)s. %(reason)s",
                risk=labels.get(self.risk, self.env._("not assessed")),
                reason=self.risk_note or "",
            ).strip(),
        )
