from odoo import api, models
from odoo.tools import hmac

from . import decision, signed_link

PREFERENCE_HOURS = 24 * 90
#: What a link may point to, in short.
KINDS = {
    "p": "res.partner",
    "l": "crm.lead",
    "m": "mailing.contact",
    "c": "crm.privacy.consent",
}
#: More records than this do not share an address in earnest.
MANY = 200


class CrmPrivacyPreference(models.AbstractModel):
    """The preference page of a person: what the link opens, what it shows, what it changes.

    Whose page is it?
        Of whoever reads the mails of an address. The link carries the number of a record and a
        check of its address, never the address; if the record has another address now, the link
        opens nothing. What is said counts for all records that have the address.
    What does it show?
        Each purpose and channel, and whether we may write, as the gate sees it. What a contract
        or a law orders is not a choice, and is not shown.
    What is noted?
        Only what changes.
    """

    _name = "crm.privacy.preference"
    _description = "Preference Page"

    # ------------------------------------------------------------
    # Links
    # ------------------------------------------------------------

    @api.model
    def _url(self, record, base=None):
        """Give the link of a record to its preference page; False if it has no address."""
        token = self._token(record)
        base = self.env["res.partner"].get_base_url() if base is None else base
        return token and f"{base}/privacy/preferences/{token}"

    @api.model
    def _url_of_email(self, email, base=None):
        """Give the link for an address; False if nobody has it."""
        for model in KINDS.values():
            found = self._with_email(model, email, limit=1)
            if found:
                return self._url(found, base)
        return False

    @api.model
    def _token(self, record):
        """Sign the link of one record."""
        kind = {name: kind for kind, name in KINDS.items()}.get(record._name)
        email = kind and record.sudo().email_normalized
        if not email:
            return False
        payload = [kind, record.id, self._check(email)]
        return signed_link._sign(self.env, "preferences", payload, PREFERENCE_HOURS)

    @api.model
    def _check(self, email):
        """Give what a link keeps of the address: too little to find it by."""
        return hmac(self.env(su=True), "crm_lifecycle.privacy.address", email)[:16]

    @api.model
    def _open(self, token):
        """Give the state of a link, and the record it opens."""
        link = signed_link._read(self.env, "preferences", token)
        if link.state != signed_link.VALID:
            return link.state, None
        try:
            kind, record_id, check = link.payload
            record = self.env[KINDS[kind]].sudo().browse(int(record_id)).exists()
        except (ValueError, TypeError, KeyError):
            return signed_link.TAMPERED, None
        if not record or self._check(record.email_normalized or "") != check:
            # deleted, merged, or another address: the visitor asks for a new link
            return signed_link.EXPIRED, None
        return signed_link.VALID, record

    # ------------------------------------------------------------
    # People
    # ------------------------------------------------------------

    @api.model
    def _with_email(self, model, email, limit=None):
        records = self.env[model].sudo().with_context(active_test=False)
        return records.search([("email_normalized", "=", email)], limit=limit)

    @api.model
    def _people_of_email(self, email):
        """Give whose word it is when the owner of an address speaks."""
        partners = self._with_email("res.partner", email, MANY)
        leads = self._with_email("crm.lead", email, MANY)
        leads = leads.filtered(lambda lead: lead.partner_id not in partners)
        return partners._privacy_people() + leads._privacy_people()

    @api.model
    def _people_of(self, record):
        people = self._people_of_email(record.email_normalized)
        return people or [{"email_normalized": record.email_normalized}]

    # ------------------------------------------------------------
    # What the page shows and changes
    # ------------------------------------------------------------

    @api.model
    def _subject(self, record):
        """Give the record to ask the gate about: the contact or lead, if there is one."""
        if record._name in ("res.partner", "crm.lead"):
            return record
        email = record.email_normalized
        person = self._with_email("res.partner", email, 1) or self._with_email("crm.lead", email, 1)
        return person or record

    @api.model
    def _lang(self, record):
        """Give the language of a person, if we know it."""
        subject = self._subject(record)
        return subject.lang if subject._name == "res.partner" else False

    @api.model
    def _choices(self, record):
        """Give what the person can choose, with the state of each choice."""
        company = record.company_id if "company_id" in record else self.env["res.company"]
        domain = self.env["crm.privacy.purpose"]._public_domain(company or self.env.company)
        subject = self._subject(record)
        purposes = self.env["crm.privacy.purpose"].sudo().search(domain)
        purposes = purposes.filtered(lambda purpose: purpose.legal_basis not in decision.ORDERED)
        lines = self._lines(subject, purposes)
        return [
            {"purpose": purpose, "lines": lines[purpose]} for purpose in purposes if lines[purpose]
        ]

    @api.model
    def _lines(self, subject, purposes):
        """Give the channels that the person can choose, by purpose."""
        reachable, words = self._reachable(subject), self._visitor_words()
        asked = [
            (purpose, channel)
            for purpose in purposes
            for channel in purpose._channels()
            if channel in reachable
        ]
        grounds = self.env["crm.privacy.consent"].sudo()._many_grounds(subject, asked)
        lines = {purpose: self._profiling_lines(subject, purpose) for purpose in purposes}
        for (purpose, channel), ground in zip(asked, grounds, strict=True):
            lines[purpose].append(self._line(purpose, channel, ground[subject.id], words))
        return lines

    @api.model
    def _line(self, purpose, channel, ground, words):
        return {
            "key": f"{purpose.id}-{channel}",
            "channel": channel,
            "on": ground.allowed,
            "ground": words.get(ground.code, ""),
        }

    def _visitor_words(self):
        """Say to the person itself why we may write, or why not although it said nothing."""
        until = self.env._("Until you object.")
        return {
            "consent": self.env._("You agreed."),
            "expired": self.env._("You agreed long ago: please say it again."),
            "withdrawn": self.env._("You objected."),
            "refused": self.env._("You said no."),
            "restricted": self.env._("You asked us to keep your data and not to use it."),
            "professional": until,
            "customer": until,
            "generic": until,
            "until_objection": until,
        }

    @api.model
    def _profiling_lines(self, subject, purpose):
        """Give the choice about profiles, for who may have one."""
        if not purpose.is_profiling or "privacy_unprofiled" not in subject._fields:
            return []
        on = not subject.privacy_unprofiled
        return [{"key": f"{purpose.id}-", "channel": False, "on": on, "ground": ""}]

    @api.model
    def _reachable(self, subject):
        """Give the channels by which we could reach somebody."""
        channels = {"email"}
        if "phone_sanitized" in subject._fields and subject.phone_sanitized:
            channels |= {"sms", "phone"}
        if subject._name in ("res.partner", "crm.lead"):
            channels.add("post")
        return channels

    @api.model
    def _save(self, record, chosen, **proof):
        """Note what changes between what holds and what was chosen; give how many.

        :param chosen: the keys of the choices that are on
        """
        people, consents = self._people_of(record), self.env["crm.privacy.consent"]
        count = 0
        for choice in self._choices(record):
            for line in choice["lines"]:
                wanted = line["key"] in chosen
                if wanted != line["on"]:
                    event = "granted" if wanted else "withdrawn"
                    channels = [line["channel"]] if line["channel"] else None
                    consents._record(
                        people, event, choice["purpose"], channels, source="preference", **proof
                    )
                    count += 1
        return count

    @api.model
    def _nothing_any_more(self, record, **proof):
        """Note that somebody wants nothing any more, of whatever there is and will be."""
        people = self._people_of(record)
        return self.env["crm.privacy.consent"]._record(
            people, "withdrawn", source="preference", **proof
        )
