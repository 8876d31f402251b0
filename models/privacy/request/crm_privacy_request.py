from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

TYPES = [
    ("access", "Access: a copy of the data"),
    ("rectification", "Rectification: correct the data"),
    ("erasure", "Erasure: delete the data"),
    ("restriction", "Restriction: keep the data, but do not use it"),
    ("portability", "Portability: the data in a file for another provider"),
    ("objection", "Objection: no longer use the data"),
]
STATES = [
    ("new", "New request"),
    ("verified", "Verified"),
    ("approved", "Approved"),
    ("done", "Done"),
    ("refused", "Refused"),
]
SOURCES = [
    ("form", "Public form"),
    ("preference", "Preference centre"),
    ("button", "Employee, from a contact or lead"),
    ("manual", "Letter, call or e-mail"),
]

OPEN_STATES = ("new", "verified", "approved")
#: What the decision rests on, and the states in which it may still be changed.
BASIS = {
    **dict.fromkeys(("email", "phone", "company_id"), ("new",)),
    **dict.fromkeys(("type", "partner_id", "lead_id", "purpose_ids"), ("new", "verified")),
}


class CrmPrivacyRequest(models.Model):
    """What a person asks for about the own data, from receipt to answer.

    Who may ask?
        Anybody, by the public form or the preference centre; for somebody else an employee,
        by the button on a contact or lead, or the officer by hand.
    How do we know that it is this person?
        A mail to the address has a link to confirm. Without it the officer says how the
        identity was checked. Who of our contacts the person is, the officer confirms: the
        same name is never enough.
    How much time is there?
        One calendar month from receipt (article 12(3)), two more for a reason that is told
        to the person within the first month.
    What are the steps?
        New, verified (identity known), approved (the answer is decided), done. Until it is
        done a request can be refused, with reasons.
    Who sees requests?
        The data protection officers, those of their own companies; nobody else.
    May a request be deleted?
        Only one that nobody confirmed, after some days. The others are the register.
    """

    _name = "crm.privacy.request"
    _description = "Request about Personal Data"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "deadline, id"
    _mail_post_access = "read"

    name = fields.Char("Reference", readonly=True, copy=False, default="/", index="trigram")
    type = fields.Selection(TYPES, required=True, default="access")
    state = fields.Selection(
        STATES,
        required=True,
        default="new",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    source = fields.Selection(
        SOURCES,
        "Received By",
        required=True,
        default="manual",
    )
    # who asks
    partner_id = fields.Many2one(
        "res.partner", "Contact", ondelete="set null", index="btree_not_null", copy=False
    )
    lead_id = fields.Many2one("crm.lead", ondelete="set null", index="btree_not_null", copy=False)
    email = fields.Char("E-mail", copy=False)
    email_normalized = fields.Char(
        compute="_compute_email_normalized", store=True, index="btree_not_null", copy=False
    )
    phone = fields.Char(copy=False)
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(), "Language of the Answers"
    )
    details = fields.Text(
        "What the Person Wrote", copy=False, help="In the words of the person, when there are any."
    )
    # who answers
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Answered By",
        default=lambda self: self._default_user_id(),
        domain=[("share", "=", False)],
        index="btree_not_null",
        tracking=True,
    )
    # the steps
    received_at = fields.Datetime(
        "Received On",
        required=True,
        default=fields.Datetime.now,
        help="The month of the answer begins on this day, also if it is a holiday.",
    )
    verified_at = fields.Datetime("Identity Confirmed On", readonly=True, copy=False)
    verified_by = fields.Selection(
        [("link", "Mailed link"), ("officer", "Officer")],
        "Identity Confirmed By",
        readonly=True,
        copy=False,
    )
    verification_note = fields.Char(
        "How the Identity Was Checked",
        copy=False,
        help="For example: known by voice, customer account, answer from the known address."
        " Do not keep a copy of an identity card.",
    )
    approved_at = fields.Datetime("Approved On", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    run_at = fields.Datetime("Started On", readonly=True, copy=False)
    closed_at = fields.Datetime("Answered On", readonly=True, copy=False)
    # refused
    refusal_reason = fields.Text(
        copy=False, help="It is sent to the person, with the right to complain."
    )

    # ------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------

    def _default_user_id(self):
        """Propose oneself when one is an officer."""
        officer = self.env.user.has_group("crm_lifecycle.group_privacy_officer")
        return self.env.user if officer else self.env["res.users"]

    @api.depends("email")
    def _compute_email_normalized(self):
        for request in self:
            request.email_normalized = email_normalize(request.email)

    # ------------------------------------------------------------
    # Create and write
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Number the requests, and let nobody begin with a later step."""
        for vals in vals_list:
            self._check_steps(vals)
            company = vals.get("company_id") or self.env.company.id
            sequence = self.env["ir.sequence"].sudo().with_company(company)
            vals["name"] = sequence.next_by_code("crm.privacy.request")
        return super().create(vals_list)

    def write(self, vals):
        """Let the steps be written by the buttons only."""
        self._check_steps(vals)
        self._check_basis(vals)
        return super().write(vals)

    @api.model
    def _is_step(self, name):
        """Tell whether only the steps of the request write a field, never a person.

        Those are the fields that no form lets anybody write, of all parts of this addon.
        """
        field = self._fields.get(name)
        return bool(field and field.store and (field.readonly or field.type == "json"))

    @api.model
    def _check_steps(self, vals):
        """Refuse values that the steps of the request set.

        :raise AccessError: somebody writes them directly
        """
        defaults = {"name": "/", "state": "new"}
        asked = [name for name in vals if vals[name] != defaults.get(name, False)]
        if not self.env.su and any(map(self._is_step, asked)):
            raise AccessError(
                self.env._(
                    "The number, the state and the dates of the steps follow from the buttons"
                    " of the request: they cannot be entered."
                )
            )

    def _check_basis(self, vals):
        """Refuse to change who asks for what after this was checked or approved.

        :raise UserError: it is too late
        """
        for name in () if self.env.su else BASIS.keys() & vals.keys():
            if late := self.filtered(lambda request, name=name: request.state not in BASIS[name]):
                raise UserError(
                    self.env._(
                        "“%(field)s” of %(name)s cannot be changed any more: the identity was"
                        " checked, or the answer was approved, for what is there. Refuse this"
                        " request and make another one.",
                        field=self._fields[name]._description_string(self.env),
                        name=late[0].name,
                    )
                )

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_verify(self):
        """Confirm that the person is who they say, on the word of the officer."""
        self._check_state("new")
        missing = self.filtered(lambda request: not request.verification_note)
        if missing:
            raise UserError(
                self.env._(
                    "Write down how the identity was checked, under “Identity” of %(name)s."
                    " Or wait until the person confirms with the link in the mail.",
                    name=missing[0].name,
                )
            )
        self._verify("officer")

    def action_approve(self):
        """Decide that the request is answered as it is prepared."""
        self._check_state("verified")
        self._check_approval()
        self.sudo().write(
            {
                "state": "approved",
                "approved_at": fields.Datetime.now(),
                "approved_by_id": self.env.uid,
            }
        )

    def action_refuse(self):
        """Ask for the reasons of the refusal."""
        self.ensure_one()
        self._check_state(*OPEN_STATES)
        return self._open_answer("refuse")

    def action_run(self):
        """Do what the person asked for."""
        self._check_state("approved")
        for request in self:
            request.sudo().run_at = fields.Datetime.now()
            if getattr(request, f"_run_{request.type}")():
                request._finish()

    # ------------------------------------------------------------
    # The steps
    # ------------------------------------------------------------

    def _check_state(self, *states):
        """Refuse a step that is not the next one.

        :raise UserError: a request is in another state
        """
        labels = dict(self._fields["state"]._description_selection(self.env))
        for request in self.filtered(lambda request: request.state not in states):
            raise UserError(
                self.env._(
                    "%(name)s is “%(state)s”: this step is for requests that are “%(states)s”.",
                    name=request.name,
                    state=labels[request.state],
                    states="”, “".join(labels[state] for state in states),
                )
            )

    def _check_approval(self):
        """Refuse an approval that is not allowed yet; other parts add their conditions."""

    def _verify(self, by):
        """Note that the identity is confirmed, by the mailed link or by the officer."""
        self.sudo().write(
            {"state": "verified", "verified_at": fields.Datetime.now(), "verified_by": by}
        )

    def _refuse_because(self, reason):
        """Refuse, and tell the person why (article 12(4))."""
        self._check_state(*OPEN_STATES)
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reasons: the person must be told them."))
        self.sudo().refusal_reason = reason.strip()
        self._refuse()

    def _refuse(self):
        """Close the requests as refused."""
        self.sudo().write({"state": "refused", "closed_at": fields.Datetime.now()})

    def _finish(self):
        """Close the requests as answered."""
        self.sudo().write({"state": "done", "closed_at": fields.Datetime.now()})

    @api.model
    def _open_domain(self):
        """Give the domain of the requests that wait for an answer."""
        return Domain("state", "in", OPEN_STATES)
