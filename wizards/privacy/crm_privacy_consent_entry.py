from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...models.privacy.consent.crm_privacy_consent import EVENTS, SOURCES
from ...models.privacy.consent.crm_privacy_purpose import CHANNEL_NAMES

#: What people say to us, and we note. The pages of the addon note the rest by themselves.
BY_HAND = ("phone", "meeting", "paper", "email", "website", "other")


class CrmPrivacyConsentEntry(models.TransientModel):
    """Note by hand what somebody said: on the phone, at a meeting, on a form of paper.

    Who may?
        Who may change the contact or lead, and the data protection officer.
    What is asked?
        What was said, to which wording, when and how; and where the proof is, for a yes.
    """

    _name = "crm.privacy.consent.entry"
    _description = "Note a Consent"

    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    lead_id = fields.Many2one("crm.lead", readonly=True)
    purpose_id = fields.Many2one(
        "crm.privacy.purpose",
        help="Empty: all purposes, also those to come.",
        default=lambda self: self.env["crm.privacy.purpose"].search(
            [("is_profiling", "=", False)], limit=1
        ),
    )
    channel = fields.Selection(
        CHANNEL_NAMES,
        compute="_compute_channel",
        store=True,
        readonly=False,
        help="Empty: all channels.",
    )
    event = fields.Selection(
        [event for event in EVENTS if event[0] != "confirmed"],
        "Answer",
        required=True,
        default="granted",
    )
    date = fields.Datetime("When", required=True, default=fields.Datetime.now)
    source = fields.Selection(
        [source for source in SOURCES if source[0] in BY_HAND],
        "How",
        required=True,
        default="phone",
    )
    url = fields.Char("Page")
    note = fields.Char(
        "Where the Proof Is", help="The folder of the form, the date of the mail ..."
    )
    wording_id = fields.Many2one(
        "crm.privacy.wording",
        compute="_compute_wording_id",
        store=True,
        readonly=False,
        domain="[('purpose_id', '=', purpose_id)]",
    )
    wording_text = fields.Text("What They Answered to", related="wording_id.text")

    @api.depends("purpose_id")
    def _compute_wording_id(self):
        for entry in self:
            entry.wording_id = entry.purpose_id.wording_id

    @api.depends("purpose_id")
    def _compute_channel(self):
        """Take the channel of the purpose, where it has one only."""
        for entry in self:
            channels = entry.purpose_id._channels() if entry.purpose_id else []
            entry.channel = channels[0] if len(channels) == 1 else False

    def action_record(self):
        """Note the answer."""
        self.ensure_one()
        self._check_entry()
        person = {"lead_id": self.lead_id.id, "partner_id": self.partner_id.id}
        self.env["crm.privacy.consent"]._record(
            [{name: value for name, value in person.items() if value}],
            self.event,
            self.purpose_id,
            [self.channel] if self.channel else None,
            source=self.source,
            date=self.date,
            url=self.url,
            note=self.note,
            wording_id=self.wording_id.id,
        )
        return {"type": "ir.actions.act_window_close"}

    def _check_entry(self):
        """Refuse what proves nothing, or is not for this user to say."""
        person = self.lead_id or self.partner_id
        if not person:
            raise UserError(self.env._("Open this from the contact or lead that answered."))
        officer = self.env.user.has_group("crm_lifecycle.group_privacy_officer")
        if not officer and not person.has_access("write"):
            raise AccessError(
                self.env._("You may not change this person: ask whoever looks after them.")
            )
        if self.event == "granted" and not self.purpose_id:
            raise UserError(
                self.env._("Nobody can agree to everything at once: choose the purpose.")
            )
        if self.event == "granted" and not self.note and not self.url:
            raise UserError(
                self.env._(
                    "Say where the proof is, or on which page they agreed: you must be able"
                    " to show it."
                )
            )
