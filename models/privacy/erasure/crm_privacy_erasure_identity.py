from odoo import api, models
from odoo.tools import SQL, email_normalize, email_split

from . import identity as person

# Fields whose former values are values of the person too.
TRACKED_EMAILS = ("email", "email_from")
TRACKED_PHONES = ("phone", "mobile")
TRACKED_NAMES = ("name", "contact_name")


class CrmPrivacyErasure(models.AbstractModel):
    """The erasure of persons: what is found of them, and what is done with it.

    Which values name a person?
        The e-mails, phone numbers, bank accounts and names of the person's records, and former
        ones that the history of changes and merges knows. What another record has too does not
        name the person alone, and is left out.
    """

    _name = "crm.privacy.erasure"
    _description = "Erasure of Persons"

    @api.model
    def _identity_of(self, known):
        """Complete an Identity of records with the values that name this person alone."""
        env = self.env(su=True, context={"active_test": False})
        self.env.flush_all()
        emails, phones, names = self._own_values(env, known)
        for kind, value in self._former_values(known):
            {"email": emails, "phone": phones, "name": names}[kind].add(value)
        emails = {email for text in emails for email in self._emails_in(text)}
        phones = {phone for phone in phones if sum(c.isdigit() for c in phone) >= 7}
        names = {" ".join(name.split()) for name in names if person.searchable(name)}
        names -= self._stand_ins()
        return known._replace(
            emails=sorted(emails - self._others_emails(env, known, emails)),
            phones=sorted(phones - self._others_phones(env, known, phones)),
            names=sorted(names - self._others_names(env, known, names)),
            ibans=sorted(self._ibans(known)),
            streets=sorted(self._streets(env, known)),
        )

    def _streets(self, env, known):
        """Give the streets of the person where nobody else lives or works."""
        found = set(known.streets)
        for model, mine in (("res.partner", known.partner_ids), ("crm.lead", known.lead_ids)):
            found.update(env[model].browse(mine).exists().mapped("street"))
        streets = {street for street in found if person.street_searchable(street)}
        for model, mine in (("res.partner", known.partner_ids), ("crm.lead", known.lead_ids)):
            if streets:
                others = self._others(env, model, "street", streets, mine)
                streets -= set(others.mapped("street"))
        return streets

    def _emails_in(self, text):
        return [email_normalize(email) or email.lower() for email in email_split(text)]

    def _own_values(self, env, known):
        """Give the (emails, phones, names) of the records, as they are written there."""
        partners = env["res.partner"].browse(known.partner_ids).exists()
        leads = env["crm.lead"].browse(known.lead_ids).exists()
        guests = env["mail.guest"].browse(known.guest_ids).exists()
        contacts = env["mailing.contact"].browse(known.mailing_contact_ids).exists()
        users = env["res.users"].browse(known.user_ids).exists()
        emails = {*known.emails, *partners.mapped("email"), *leads.mapped("email_from")}
        emails |= {*guests.mapped("email"), *contacts.mapped("email"), *users.mapped("login")}
        phones = {*known.phones}
        for records in (partners, leads, contacts):
            phones.update(records.mapped("phone_sanitized"))
            phones.update(records.mapped("phone") if "phone" in records._fields else ())
        names = {*known.names, *partners.mapped("name"), *leads.mapped("contact_name")}
        names |= {*guests.mapped("name"), *contacts.mapped("name")}
        return [{value for value in values if value} for values in (emails, phones, names)]

    def _former_values(self, known):
        """Give (kind, value) of former addresses, numbers and names in the history."""
        for name, old in self.env.execute_query(self._tracked_query(known)):
            if name in TRACKED_EMAILS:
                yield "email", old
            elif name in TRACKED_PHONES:
                yield "phone", old
            elif name in TRACKED_NAMES:
                yield "name", old
        for (body,) in self.env.execute_query(self._merged_query(known)):
            for name, email in person.merged_people(body):
                yield "name", name
                yield "email", email

    def _tracked_query(self, known):
        return SQL(
            """SELECT field.name, tracked.old_value_char
                 FROM mail_message message
                 JOIN mail_tracking_value tracked ON tracked.mail_message_id = message.id
                 JOIN ir_model_fields field ON field.id = tracked.field_id
                WHERE field.name = ANY(%s) AND coalesce(tracked.old_value_char, '') <> ''
                  AND (field.model <> 'crm.lead' OR field.name <> 'name')
                  AND (message.model = 'res.partner' AND message.res_id = ANY(%s)
                    OR message.model = 'crm.lead' AND message.res_id = ANY(%s))""",
            [*TRACKED_EMAILS, *TRACKED_PHONES, *TRACKED_NAMES],
            list(known.partner_ids),
            list(known.lead_ids),
        )

    def _merged_query(self, known):
        return SQL(
            """SELECT body FROM mail_message
                WHERE model = 'res.partner' AND res_id = ANY(%s) AND body LIKE '%%(ID %%'""",
            list(known.partner_ids),
        )

    def _ibans(self, known):
        banks = self.env["res.partner.bank"].sudo().with_context(active_test=False)
        found = banks.search([("partner_id", "in", list(known.partner_ids))])
        return {number for number in found.mapped("sanitized_acc_number") if number}

    # ------------------------------------------------------------
    # What other people have too
    # ------------------------------------------------------------

    def _others(self, env, model, name, values, mine):
        """Give the records of other people that have one of the values in a field."""
        return env[model].search([(name, "in", list(values)), ("id", "not in", list(mine))])

    def _others_emails(self, env, known, emails):
        found = set()
        for model, mine in (
            ("res.partner", known.partner_ids),
            ("crm.lead", known.lead_ids),
            ("mailing.contact", known.mailing_contact_ids),
        ):
            others = self._others(env, model, "email_normalized", emails, mine)
            found.update(others.mapped("email_normalized"))
        return found

    def _others_phones(self, env, known, phones):
        """Give the numbers of other people, in every form in which the person has them."""
        found = set()
        for model, mine in (
            ("res.partner", known.partner_ids),
            ("crm.lead", known.lead_ids),
            ("mailing.contact", known.mailing_contact_ids),
        ):
            others = self._others(env, model, "phone_sanitized", phones, mine)
            found.update(others.mapped("phone_sanitized"))
        tails = {"".join(c for c in number if c.isdigit())[-9:] for number in found}
        return {phone for phone in phones if "".join(c for c in phone if c.isdigit())[-9:] in tails}

    def _others_names(self, env, known, names):
        found = set()
        for model, name, mine in (
            ("res.partner", "name", known.partner_ids),
            ("crm.lead", "contact_name", known.lead_ids),
        ):
            others = self._others(env, model, name, names, mine)
            found.update(others.mapped(name))
        return {name for name in names if any(person.same_name(name, other) for other in found)}
