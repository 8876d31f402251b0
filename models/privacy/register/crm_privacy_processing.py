from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from . import legal


class CrmPrivacyProcessing(models.Model):
    """An entry of the record of processing activities (art. 30): what is done with whose data.

    Which entries does the law ask for?
        Those of the company as controller (art. 30(1), fields a to g) and, in a record of its
        own, those it does for somebody else as processor (art. 30(2)).
    Where do the entries come from?
        The addon ships those of Odoo's CRM and of itself as drafts: the company completes them
        and puts them into force. They belong to all companies until one makes its own copy.
    When may an entry come into force?
        When nothing is missing that the article asks for; `missing` names it.
    How is a former version seen?
        Every change is noted in the chatter, with the value before. An entry that was in force
        is ended, and never deleted.
    Who is responsible?
        The company of the entry, with the contacts of its settings.
    """

    _name = "crm.privacy.processing"
    _description = "Processing Activity"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "role, sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char("Reference", copy=False, readonly=True, index="btree_not_null")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("draft", "Draft"), ("active", "In Force"), ("ended", "Ended")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    role = fields.Selection(
        [("controller", "Controller (art. 30(1))"), ("processor", "Processor (art. 30(2))")],
        "As",
        required=True,
        default="controller",
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        tracking=True,
        help="Without a company: the entry is the same for all companies.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Person in Charge",
        domain=[("share", "=", False)],
        tracking=True,
        help="Who does this processing in the company, and knows when it changes.",
    )
    date_start = fields.Date("In Force Since", readonly=True, copy=False, tracking=True)
    date_end = fields.Date("Ended On", readonly=True, copy=False, tracking=True)
    # a: who
    controller_ids = fields.Many2many(
        "res.partner",
        "crm_privacy_processing_controller_rel",
        string="On Behalf Of",
        help="The controllers for whom the company processes these data (art. 30(2) a).",
    )
    joint_controllers = fields.Text(
        translate=True,
        tracking=True,
        help="Name and contact of those who decide together with the company (art. 26).",
    )
    # b: why
    purpose = fields.Text("Purposes", translate=True, tracking=True)
    purpose_ids = fields.Many2many(
        "crm.privacy.purpose",
        string="Purposes Asked of Persons",
        help="What the persons agree or object to on the preference page.",
    )
    legal_basis = fields.Selection(
        legal.BASES, tracking=True, help="Article 6: what allows this processing."
    )
    legal_note = fields.Text(
        "Why This Basis",
        translate=True,
        tracking=True,
        help="The law, the contract, or the balance of interests (needed for f).",
    )
    # c: whose, and which
    persons = fields.Text("Persons Concerned", translate=True, tracking=True)
    data_ids = fields.One2many(
        "crm.privacy.processing.data", "processing_id", "Categories of Data", copy=True
    )
    model_ids = fields.Many2many(
        "ir.model",
        "crm_privacy_processing_model_rel",
        string="Where They Are",
        domain=[("transient", "=", False)],
        help="The records of Odoo that hold these data. The state of play shows which are named"
        " by no entry.",
    )
    source = fields.Text(
        "Source of the Data", translate=True, tracking=True, help="Where they come from (art. 14)."
    )
    # d, e: who gets them
    recipient_ids = fields.One2many(
        "crm.privacy.processing.recipient", "processing_id", "Recipients", copy=True
    )
    transfer_count = fields.Integer("Transfers", compute="_compute_transfer_count")
    # g: how they are protected
    security_measures = fields.Text(
        translate=True, tracking=True, help="In general: access, backups, encryption (art. 32)."
    )
    # what is done with them
    is_profiling = fields.Boolean("Profiling", tracking=True)
    is_automated = fields.Boolean(
        "Decides Alone",
        tracking=True,
        help="Decisions without a human that concern the person significantly (art. 22).",
    )
    dpia_state = fields.Selection(
        [("no", "Not needed"), ("todo", "To be done"), ("done", "Carried out")],
        "Impact Assessment",
        required=True,
        default="no",
        tracking=True,
    )
    dpia_date = fields.Date("Assessed On", tracking=True)
    dpia_note = fields.Text("Why, or What It Found", translate=True, tracking=True)
    residual_risk = fields.Selection(
        [("low", "Low"), ("medium", "Acceptable"), ("high", "High: consult the authority")],
        tracking=True,
        help="What remains after the measures. High: the authority is consulted first (art. 36).",
    )
    missing = fields.Char("Still Missing", compute="_compute_missing")

    @api.depends("recipient_ids.is_transfer")
    def _compute_transfer_count(self):
        for processing in self:
            transfers = processing.recipient_ids.filtered("is_transfer")
            processing.transfer_count = len(transfers)

    @api.depends(
        "role",
        "controller_ids",
        "purpose",
        "legal_basis",
        "legal_note",
        "persons",
        "data_ids.retention",
        "data_ids.retention_id",
        "recipient_ids.is_transfer",
        "recipient_ids.safeguard",
        "security_measures",
        "dpia_state",
        "residual_risk",
    )
    def _compute_missing(self):
        for processing in self:
            processing.missing = ", ".join(processing._missing())

    def _missing(self):
        """Give the names of what the article asks for and the entry does not say."""
        as_controller = self.role == "controller"
        balance = self.legal_basis == "legitimate_interests" and not self.legal_note
        kept = [data.retention or data.retention_id for data in self.data_ids]
        unsafe = self.recipient_ids.filtered(lambda line: line.is_transfer and not line.safeguard)
        assessed = self.dpia_state != "done" or self.residual_risk
        checks = (
            (self.purpose, self.env._("the purposes")),
            (not as_controller or self.legal_basis, self.env._("the legal basis")),
            (not balance, self.env._("the balance of interests")),
            (not as_controller or self.persons, self.env._("the persons concerned")),
            (as_controller or self.controller_ids, self.env._("on behalf of whom")),
            (kept, self.env._("the categories of data")),
            (not as_controller or all(kept), self.env._("how long each category of data is kept")),
            (not unsafe, self.env._("the safeguards of each transfer")),
            (self.security_measures, self.env._("the security measures")),
            (assessed, self.env._("the residual risk")),
        )
        return [name for given, name in checks if not given]

    @api.constrains(
        "state",
        "role",
        "controller_ids",
        "purpose",
        "legal_basis",
        "legal_note",
        "persons",
        "data_ids",
        "recipient_ids",
        "security_measures",
        "dpia_state",
        "residual_risk",
    )
    def _check_complete(self):
        for processing in self.filtered(lambda entry: entry.state == "active"):
            processing._raise_missing()

    def _raise_missing(self):
        """Refuse an entry that does not say what the law asks for."""
        if self.missing:
            raise ValidationError(
                self.env._(
                    "“%(processing)s” cannot be in force yet. Please complete: %(missing)s.",
                    processing=self.name,
                    missing=self.missing,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Give each entry its reference."""
        for vals in vals_list:
            if not vals.get("code"):
                vals["code"] = self.env["ir.sequence"].next_by_code(self._name)
        return super().create(vals_list)

    def copy_data(self, default=None):
        """Name the copy as one."""
        return [
            {**vals, "name": self.env._("%(name)s (copy)", name=entry.name)}
            if "name" not in (default or {})
            else vals
            for entry, vals in zip(self, super().copy_data(default), strict=True)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_draft(self):
        if any(processing.date_start for processing in self):
            raise UserError(
                self.env._(
                    "An entry that was in force is part of the record and is kept. End it instead."
                )
            )

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_enforce(self):
        """Put the entries into force, from today, and have them reviewed in time."""
        for processing in self:
            processing._raise_missing()
        today = fields.Date.context_today(self)
        for processing in self.filtered(lambda entry: entry.state != "active"):
            processing.write(
                {
                    "state": "active",
                    "date_start": processing.date_start or today,
                    "date_end": False,
                    "review_date": processing.review_date or processing._next_review(today),
                }
            )

    def action_end(self):
        """End the entries: the processing is not done any more."""
        self.write({"state": "ended", "date_end": fields.Date.context_today(self)})
        self._drop_reviews()

    def action_draft(self):
        """Work on the entries again."""
        self.write({"state": "draft", "date_end": False})

    @api.model
    def _processed_models(self):
        """Give the names of the models that the entries say something about."""
        entries = self.search([("state", "!=", "ended")])
        return set(entries.sudo().model_ids.mapped("model"))

    @api.model
    def _register_domain(self):
        """Give the entries of the record: of the companies at work, drafts included."""
        return Domain("company_id", "in", [False, *self.env.companies.ids])

    @api.model
    def action_print_register(self):
        """Print the whole record of the companies at work."""
        report = self.env.ref("crm_lifecycle.crm_privacy_processing_report")
        entries = self.search(self._register_domain())
        if not entries:
            raise UserError(self.env._("The record has no entry yet. Create the first one."))
        return report.report_action(entries, config=False)

    @api.model
    def action_export_register(self):
        """Download the whole record as a table."""
        return {
            "type": "ir.actions.act_url",
            "url": "/crm_lifecycle/privacy/register.csv",
            "target": "download",
        }
