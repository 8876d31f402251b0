from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .decision import CHANNELS

LEGAL_BASES = [
    ("consent", "Consent (a)"),
    ("contract", "Contract (b)"),
    ("legal_obligation", "Legal obligation (c)"),
    ("vital_interests", "Vital interests (d)"),
    ("public_task", "Public task (e)"),
    ("legitimate_interests", "Legitimate interests (f)"),
]
CHANNEL_NAMES = [
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("phone", "Telephone"),
    ("post", "Post"),
]


class CrmPrivacyPurpose(models.Model):
    """What we use the data of people for: a newsletter, offers, invitations, profiling ...

    What does the legal basis decide?
        With *consent*, only who said yes is written to. With *legitimate interests*, the law
        distinguishes consumers from professionals, and channel from channel: see `decision`.
        What a *contract* or a *law* orders to send knows no objection.
    How long does a yes hold?
        `validity_months` from the day it was given; 0 means until it is withdrawn.
    What is the mailing list for?
        Who says yes joins it, who says no leaves it, and who leaves it in Odoo has said no.
    Which companies?
        The one of the purpose; all companies if it has none. People say yes to a company.
    What is profiling?
        Scores, RFM figures and segments. Everybody is counted until they object.
    """

    _name = "crm.privacy.purpose"
    _description = "Purpose"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(copy=False, help="For imports and other programs.")
    description = fields.Text(
        "In Plain Words", translate=True, help="One sentence for the people concerned."
    )
    sequence = fields.Integer(default=50)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index="btree_not_null")
    # what the law asks
    legal_basis = fields.Selection(
        LEGAL_BASES,
        required=True,
        default="consent",
        help="Article 6 of the GDPR: what allows us to use the data.",
    )
    interest_note = fields.Text(
        "Balance of Interests",
        translate=True,
        help="Why our interest does not override the interests and rights of the people.",
    )
    soft_opt_in = fields.Boolean(
        "Customers Without Consent",
        help="It is about products and services like those that the customer bought from us:"
        " customers may be written to until they object.",
    )
    validity_months = fields.Integer(
        "Valid for (Months)", help="How long a consent holds; 0 means until it is withdrawn."
    )
    is_profiling = fields.Boolean(
        "Profiling", help="Scores, RFM figures and segments: who objects is left out of them."
    )
    # how
    by_email = fields.Boolean("E-mail")
    by_sms = fields.Boolean("SMS")
    by_phone = fields.Boolean("Telephone")
    by_post = fields.Boolean("Post")
    mailing_list_id = fields.Many2one(
        "mailing.list",
        ondelete="set null",
        index="btree_not_null",
        help="Who says yes to e-mails joins this list, who says no leaves it.",
    )
    is_public = fields.Boolean(
        "On the Preference Page", default=True, help="People can answer it themselves."
    )
    # the exact words
    wording_ids = fields.One2many("crm.privacy.wording", "purpose_id", "Wordings", copy=True)
    wording_id = fields.Many2one(
        "crm.privacy.wording", "Current Wording", compute="_compute_wording_id"
    )
    consent_count = fields.Integer("Answers", compute="_compute_consent_count")

    _code_once = models.Constraint("UNIQUE(code)", "Another purpose has this code.")
    _validity_not_negative = models.Constraint(
        "CHECK(validity_months >= 0)", "The months that a consent holds cannot be negative."
    )

    @api.depends("wording_ids.version")
    def _compute_wording_id(self):
        for purpose in self:
            purpose.wording_id = purpose.wording_ids.sorted("version", reverse=True)[:1]

    def _compute_consent_count(self):
        counts = dict(
            self.env["crm.privacy.consent"]
            .sudo()
            ._read_group([("purpose_id", "in", self.ids)], ["purpose_id"], ["__count"])
        )
        for purpose in self:
            purpose.consent_count = counts.get(purpose, 0)

    @api.constrains("is_profiling", "legal_basis", "by_email", "by_sms", "by_phone", "by_post")
    def _check_profiling(self):
        for purpose in self:
            if purpose.is_profiling and purpose.legal_basis != "legitimate_interests":
                raise ValidationError(
                    self.env._(
                        "%(purpose)s: profiling rests on legitimate interests, everybody is"
                        " counted until they object. Choose that legal basis.",
                        purpose=purpose.name,
                    )
                )
            if purpose.is_profiling and purpose._channels():
                raise ValidationError(
                    self.env._(
                        "%(purpose)s: profiling writes to nobody. Remove the channels, or make a"
                        " purpose of its own for the messages.",
                        purpose=purpose.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_unanswered(self):
        consents = self.env["crm.privacy.consent"].sudo()
        answered = consents.search([("purpose_id", "in", self.ids)], limit=1).purpose_id
        if answered:
            raise UserError(
                self.env._(
                    "People have answered to %(purpose)s: the proof must be kept. Archive the"
                    " purpose instead.",
                    purpose=answered.name,
                )
            )

    def action_open_consents(self):
        """Show what people have said about this purpose."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_lifecycle.crm_privacy_consent_action"
        )
        return {**action, "domain": [("purpose_id", "in", self.ids)], "context": {}}

    def _channels(self):
        """Give the channels of a purpose; none for profiling.

        The switches are named after the channels: by_email, by_sms ...
        """
        self.ensure_one()
        return [channel for channel in CHANNELS if self[f"by_{channel}"]]

    @api.model
    def _public_domain(self, company):
        """Give the purposes that people of a company answer themselves."""
        return Domain("is_public", "=", True) & Domain("company_id", "in", (False, company.id))
