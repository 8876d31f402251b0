from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from . import identity as person
from .identity import Identity

# More of one kind is no person, but an address that everybody uses.
MOST = 200


class CrmPrivacyRequest(models.Model):
    """Who of our records the person is.

    Who decides?
        The officer: see `crm.privacy.identity` for what is proposed. Erasing, copying and
        restricting take the confirmed records, after the officer has said that the list is right.
    What is searched for in texts?
        The e-mails, phone numbers, bank accounts and names of the confirmed records, also former
        ones that the history of changes and merges knows; without those that records of other
        people have too, and without names of a single word.
    How long are these values kept?
        From the start of an erasure until it is closed: they are what the texts and the scan
        are searched for. Then they are forgotten.
    """

    _inherit = "crm.privacy.request"

    identity_ids = fields.One2many("crm.privacy.identity", "request_id", "Who It Is", copy=False)
    identity_at = fields.Datetime("Records Confirmed On", readonly=True, copy=False)
    identity_by_id = fields.Many2one("res.users", "Records Confirmed By", readonly=True, copy=False)
    identity_frozen = fields.Json(copy=False, export_string_translation=False)
    proposal_count = fields.Integer("Others Proposed", compute="_compute_identity_counts")
    confirmed_count = fields.Integer("Records of the Person", compute="_compute_identity_counts")

    @api.depends("identity_ids.confirmed")
    def _compute_identity_counts(self):
        for request in self:
            confirmed = request.identity_ids.filtered("confirmed")
            request.confirmed_count = len(confirmed)
            request.proposal_count = len(request.identity_ids - confirmed)

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_find_identity(self):
        """Search who the person is; what was decided before stays decided."""
        self.check_access("write")
        for request in self:
            request._check_identity_open()
            request._find_identity()

    def action_confirm_identity(self):
        """Say that the confirmed records, and only they, are the person."""
        self.check_access("write")
        for request in self:
            if not request.identity_ids.filtered("confirmed"):
                raise UserError(
                    self.env._(
                        "No record is confirmed as this person. Search for the records, and tick"
                        " those that are this person."
                    )
                )
            request._note_contact()
        self.sudo().write({"identity_at": fields.Datetime.now(), "identity_by_id": self.env.uid})

    def _note_contact(self):
        """Take the contact of a request that came without one from the confirmed records."""
        request = self.sudo()
        contacts = request.identity_ids.filtered(
            lambda line: (
                line.confirmed and line.res_model == "res.partner" and line.reason != "child"
            )
        )
        if len(contacts) == 1 and not (request.partner_id or request.lead_id):
            request.partner_id = contacts.res_id

    def _check_identity_open(self):
        """Refuse to change who it is once something was erased.

        :raise UserError: the erasure has begun
        """
        if self.sudo().filtered("identity_frozen"):
            raise UserError(
                self.env._("The erasure has begun: who the person is cannot be changed any more.")
            )

    def _reset_identity(self):
        """Ask again who it is; what was approved was approved for another list of records."""
        own = self.sudo()
        own.filtered("identity_at").write({"identity_at": False, "identity_by_id": False})
        own.filtered(lambda request: request.state == "approved" and not request.run_at).write(
            {"state": "verified", "approved_at": False, "approved_by_id": False}
        )
        # the plan was made for them, too
        own.filtered(lambda r: r.erasure_state in ("searching", "planned")).write(
            {"erasure_state": False}
        )

    # ------------------------------------------------------------
    # Search
    # ------------------------------------------------------------

    def _find_identity(self):
        """Add the records that are or may be the person to the list."""
        self.ensure_one()
        known = {(line.res_model, line.res_id) for line in self.identity_ids}
        new = {}
        for model, ids, reason in self._proposals():
            for res_id in ids:
                if (model, res_id) not in known:
                    new.setdefault((model, res_id), reason)
        self.identity_ids = [
            Command.create(
                {
                    "res_model": model,
                    "res_id": res_id,
                    "reason": reason,
                    "confirmed": reason
                    in ("asked", "linked", "child", "same_email", "phone_and_name"),
                }
            )
            for (model, res_id), reason in new.items()
        ]

    def _proposals(self):
        """Give (model, ids, reason), the surest first."""
        everything = self.env(su=True, context={"active_test": False})
        partners = everything["res.partner"].browse(self.sudo().partner_id.ids)
        leads = everything["crm.lead"].browse(self.sudo().lead_id.ids)
        partners |= leads.partner_id
        if not (partners or leads):
            partners = self._asking_partners(everything)
        yield "res.partner", partners.ids, "asked"
        yield "crm.lead", leads.ids, "asked"
        yield from self._linked_records(everything, partners)
        values = self._values_of(everything, partners, leads)
        yield from self._alike_records(everything, values)

    def _asking_partners(self, everything):
        """Give the only contact with the address of the request, if there is only one."""
        email = self.email_normalized
        domain = [("email_normalized", "=", email)]
        partners = everything["res.partner"].search(domain, limit=2) if email else []
        return partners if len(partners) == 1 else everything["res.partner"]

    def _linked_records(self, everything, partners):
        children = everything["res.partner"].search(
            [("parent_id", "in", partners.ids), ("type", "!=", "contact")], limit=MOST
        )
        yield "res.partner", children.ids, "child"
        linked = Domain("partner_id", "in", (partners | children).ids)
        found = everything["crm.lead"].search(linked, limit=MOST)
        others = found._privacy_of_others()
        yield "crm.lead", (found - others).ids, "linked"
        yield "crm.lead", others.ids, "linked_other"
        yield "res.users", everything["res.users"].search(linked, limit=MOST).ids, "linked"

    def _values_of(self, everything, partners, leads):
        """Give the e-mails, phones and names that are searched for in other records."""
        email, phone = self.email_normalized, self.sudo().phone
        emails = partners.mapped("email_normalized") + leads.mapped("email_normalized") + [email]
        phones = partners.mapped("phone_sanitized") + leads.mapped("phone_sanitized")
        if phone:
            phones.append(self._phone_format(number=phone) or phone)
        names = partners.mapped("name") + leads.mapped("contact_name")
        return [sorted(set(filter(None, values))) for values in (emails, phones, names)]

    def _alike_records(self, everything, values):
        emails, phones, names = values
        for model, domain, name in (
            ("res.partner", [("email_normalized", "in", emails)], "name"),
            ("crm.lead", [("email_normalized", "in", emails)], "contact_name"),
            ("mailing.contact", [("email_normalized", "in", emails)], "name"),
            ("res.users", [("login", "in", emails)], "name"),
            ("mail.guest", [("email", "in", emails)], "name"),
        ):
            found = everything[model].search(domain, limit=MOST) if emails else []
            for record in found:
                same = not record[name] or any(person.same_name(record[name], n) for n in names)
                yield model, record.ids, "same_email" if same or not names else "other_name"
        yield from self._same_mailbox(everything, emails)
        if phones:
            for model in ("res.partner", "crm.lead", "mailing.contact"):
                domain = [("phone_sanitized", "in", phones)]
                name = "contact_name" if model == "crm.lead" else "name"
                for record in everything[model].search(domain, limit=MOST):
                    same = any(person.same_name(record[name], known) for known in names)
                    yield model, record.ids, "phone_and_name" if same else "same_phone"
        yield from self._namesakes(everything, names)

    def _same_mailbox(self, everything, emails):
        """Give the records with another address of the same mailbox, as ann+shop@x.example."""
        boxes = {person.mailbox(email) for email in emails}
        if not boxes:
            return
        plain, tagged = sorted(boxes - set(emails)), [box.replace("@", "+%@") for box in boxes]
        for model in ("res.partner", "crm.lead", "mailing.contact"):
            found = everything[model].search(
                Domain("email_normalized", "in", plain)
                | Domain.OR(Domain("email_normalized", "=like", form) for form in tagged),
                limit=MOST,
            )
            same = found.filtered(
                lambda one: (
                    person.mailbox(one.email_normalized) in boxes
                    and one.email_normalized not in emails
                )
            )
            yield model, same.ids, "same_mailbox"

    def _namesakes(self, everything, names):
        for model, name in (("res.partner", "name"), ("crm.lead", "contact_name")):
            if names:
                found = everything[model].search([(name, "in", names)], limit=20)
                yield model, found.ids, "same_name"

    def _phone_format(self, number):
        """Give a number in the international form, or None."""
        partner = self.env["res.partner"].sudo()
        return partner._phone_format(number=number, country=self.company_id.country_id)

    # ------------------------------------------------------------
    # The identity as values
    # ------------------------------------------------------------

    def _identity(self):
        """Give who the person is: the confirmed records, and the values that name nobody else."""
        self.ensure_one()
        if frozen := self.sudo().identity_frozen:
            return Identity(**frozen)
        asked = [self.email_normalized] if self.email_normalized else []
        known = self._identity_records()._replace(emails=asked)
        return self.env["crm.privacy.erasure"]._identity_of(known)

    def _identity_records(self):
        """Give which records the person is, without the values, which take time to find."""
        self.ensure_one()
        if frozen := self.sudo().identity_frozen:
            return Identity(**frozen)
        return Identity(**self.sudo().identity_ids.filtered("confirmed")._sets())

    def _freeze_identity(self):
        """Note the values while the records still have them; return the Identity."""
        identity = self._identity()
        if not self.sudo().identity_frozen:
            self.sudo().identity_frozen = identity._asdict()
        return identity
