from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, email_normalize

from .crm_privacy_purpose import CHANNEL_NAMES
from .crm_privacy_wording import fingerprint

EVENTS = [
    ("granted", "Said yes"),
    ("confirmed", "Said yes, and confirmed it by a link"),
    ("refused", "Said no"),
    ("withdrawn", "Objected, or took it back"),
    ("lifted", "Objection lifted"),
]
SOURCES = [
    ("preference", "Preference page"),
    ("form", "Subscription form"),
    ("mailing", "Unsubscribed from a mailing"),
    ("exclusion", "Exclusion list"),
    ("import", "Imported list"),
    ("phone", "On the phone"),
    ("meeting", "At a meeting"),
    ("paper", "On paper"),
    ("email", "By e-mail"),
    ("website", "Website"),
    ("request", "Request of the person"),
    ("other", "Other"),
]
#: What the pages and lists note by themselves, and nobody by hand.
BY_PAGE = frozenset(("preference", "form", "mailing", "exclusion"))
#: Tells that Odoo's lists are already in step. It is an object, so that no RPC call can send it.
IN_STEP = object()


class CrmPrivacyConsent(models.Model):
    """One word of a person: yes, no, no longer; with all that proves it.

    Can a row change?
        Never: what people say is only added. The last word counts; see `_grounds`.
    Whose word is it?
        Of the contact or lead, and of the address or number it was given for. A row without
        contact and lead speaks for whoever has the address.
    What if the purpose or the channel is empty?
        It speaks of all purposes, or of all channels, also of those that do not exist yet.
    What does a word change elsewhere?
        Odoo's exclusion lists and mailing lists are kept in step, and who objects to profiling
        leaves the scores and segments.
    What is the proof?
        Who, which wording (with its fingerprint), when, how, where from, and who noted it.
    How long?
        As long as the contact, and longer: when a contact is deleted, the word stays with the
        address, so that nobody writes to it by mistake. An erasure removes it.
    """

    _name = "crm.privacy.consent"
    _description = "Consent"
    _order = "date desc, id desc"
    _rec_name = "purpose_id"

    # whose
    partner_id = fields.Many2one(
        "res.partner", "Contact", ondelete="set null", index="btree_not_null"
    )
    lead_id = fields.Many2one("crm.lead", ondelete="set null", index="btree_not_null")
    email_normalized = fields.Char("E-mail", index="btree_not_null")
    phone_sanitized = fields.Char("Phone", index="btree_not_null")
    # what
    purpose_id = fields.Many2one(
        "crm.privacy.purpose", ondelete="restrict", index=True, help="Empty: all purposes."
    )
    channel = fields.Selection(CHANNEL_NAMES, help="Empty: all channels.")
    event = fields.Selection(EVENTS, "Answer", required=True)
    date = fields.Datetime(required=True, index=True, default=fields.Datetime.now)
    # proof
    wording_id = fields.Many2one("crm.privacy.wording", ondelete="restrict", index="btree_not_null")
    wording_lang = fields.Char("Language Read")
    wording_fingerprint = fields.Char("Fingerprint of the Wording")
    source = fields.Selection(SOURCES, "How", required=True, default="other")
    url = fields.Char("Page")
    asked_date = fields.Datetime("Form Sent on", help="Before the person confirmed by the link.")
    note = fields.Char("Where the Proof Is")
    user_id = fields.Many2one("res.users", "Noted by", ondelete="restrict")
    company_id = fields.Many2one("res.company", ondelete="restrict")

    @api.depends("purpose_id", "channel", "event")
    def _compute_display_name(self):
        answers = dict(self._fields["event"]._description_selection(self.env))
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for consent in self:
            consent.display_name = self.env._(
                "%(purpose)s, %(channel)s: %(answer)s",
                purpose=consent.purpose_id.name or self.env._("All purposes"),
                channel=channels.get(consent.channel) or self.env._("all channels"),
                answer=answers.get(consent.event, ""),
            )

    @api.constrains("partner_id", "lead_id", "email_normalized", "phone_sanitized")
    def _check_person(self):
        for consent in self.sudo():
            known = (
                consent.partner_id
                or consent.lead_id
                or consent.email_normalized
                or consent.phone_sanitized
            )
            if not known:
                raise ValidationError(
                    self.env._("Say whose answer this is: a contact, a lead, or an address.")
                )

    @api.constrains("date")
    def _check_date(self):
        late = fields.Datetime.add(fields.Datetime.now(), minutes=5)
        if any(consent.date > late for consent in self):
            raise ValidationError(
                self.env._("Nobody can have answered in the future: correct the date.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Complete the proof, and draw the consequences."""
        if not self.env.su:
            vals_list = [self._as_said_by_hand(vals) for vals in vals_list]
        consents = super().create([self._complete(vals) for vals in vals_list])
        consents.sudo()._draw_consequences()
        return consents

    @api.model
    def _as_said_by_hand(self, vals):
        """Give the values of an answer that a user notes: who noted it cannot be said otherwise.

        :raise AccessError: it claims what only a page of this addon can prove
        """
        by_page = vals.get("event") == "confirmed" or vals.get("source") in BY_PAGE
        if by_page or vals.get("asked_date"):
            raise AccessError(
                self.env._(
                    "Only the pages and lists of the program note that somebody answered there."
                    " Say how this answer reached you: on the phone, at a meeting, on paper ..."
                )
            )
        return {**vals, "user_id": self.env.uid}

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: what people said is only added to."""
        raise UserError(
            self.env._(
                "What people said cannot be changed. Note a new answer: the last one counts."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "What people said cannot be deleted. Note a new answer: the last one counts."
            )
        )

    def copy(self, default=None):  # pylint: disable=method-required-super
        """Refuse: nobody says a thing twice by pressing a button."""
        raise UserError(self.env._("An answer cannot be duplicated. Note a new one."))

    @api.model
    def _complete(self, vals):
        """Fill in what follows from the person, the purpose and the moment."""
        vals = {"user_id": self.env.uid, "company_id": self.env.company.id, **vals}
        vals["wording_fingerprint"] = False
        lang = vals.setdefault("wording_lang", self.env.lang or "en_US")
        wording = self.env["crm.privacy.wording"].sudo().browse(vals.get("wording_id"))
        if wording:
            vals["wording_fingerprint"] = fingerprint(wording.with_context(lang=lang).text or "")
        if vals.get("email_normalized"):
            vals["email_normalized"] = email_normalize(vals["email_normalized"]) or False
        return self._complete_person(vals)

    @api.model
    def _complete_person(self, vals):
        """Take the contact and the addresses of the lead or contact."""
        lead = self.env["crm.lead"].sudo().browse(vals.get("lead_id") or [])
        if lead and not vals.get("partner_id"):
            vals["partner_id"] = lead.partner_id.id
        partner = self.env["res.partner"].sudo().browse(vals.get("partner_id") or [])
        person = lead or partner
        for name in ("email_normalized", "phone_sanitized"):
            if name not in vals:
                vals[name] = person[name] or partner[name]
        return vals

    @api.model
    def _record(self, people, event, purposes=None, channels=None, **proof):
        """Note what people say; one row per person, purpose and channel.

        :param people: values of whose word it is (`partner_id`, `lead_id`, `email_normalized` ...)
        :param purposes: empty for all purposes, whatever they will be
        :param channels: empty for all channels
        :param proof: the other values: source, url, wording_lang, date, note ...
        """
        return self.sudo().create(
            [
                {
                    "event": event,
                    "purpose_id": purpose and purpose.id,
                    "wording_id": purpose and purpose.wording_id.id,
                    "channel": channel,
                    **proof,
                    **person,
                }
                for person in people
                for purpose in purposes or [False]
                for channel in channels or [False]
            ]
        )

    @api.model
    def _repoint(self, subject, from_ids, to_id):
        """Give the words of merged records to the record that stays.

        :param str subject: lead_id or partner_id
        """
        self.flush_model([subject])
        column = SQL.identifier(subject)
        self.env.cr.execute(
            SQL(
                "UPDATE crm_privacy_consent SET %s = %s WHERE %s IN %s",
                column,
                to_id,
                column,
                tuple(from_ids),
            )
        )
        self.invalidate_model([subject])

    def action_open_person(self):
        """Open the lead or contact that said it."""
        self.ensure_one()
        lead = self.lead_id if self.lead_id.has_access("read") else self.lead_id.browse()
        person = lead or self.partner_id
        if not person:
            raise UserError(self.env._("The lead that said this belongs to sales: ask them."))
        return person.get_formview_action()
