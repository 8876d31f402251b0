from collections import Counter
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, email_normalize, format_date

from odoo.addons.iap.tools.iap_tools import _MAIL_PROVIDERS

from . import decision

#: The facts of many people for some purposes and channels, in one statement. The last word of a
#: person is looked for under the contact, the lead, the e-mail and the number. What speaks of
#: another channel through a shared address may only forbid.
FACTS_SQL = """
    WITH who AS (%(people)s),
    asked AS (
        SELECT * FROM unnest(%(purposes)s::int[], %(channels)s::varchar[], %(lists)s::int[],
                             %(sellers)s::int[])
                 WITH ORDINALITY AS a (purpose_id, channel, list_id, company_id, number)
    ),
    word AS (
        SELECT DISTINCT ON (found.person, asked.number)
               found.person, asked.number, found.event, found.date
          FROM (
            SELECT who.id AS person, 'person' AS key, c.id, c.event, c.date, c.purpose_id, c.channel
              FROM who JOIN crm_privacy_consent c ON c.partner_id = who.partner_id
             UNION ALL
            SELECT who.id, 'person', c.id, c.event, c.date, c.purpose_id, c.channel
              FROM who JOIN crm_privacy_consent c ON c.lead_id = who.lead_id
             UNION ALL
            SELECT who.id, 'email', c.id, c.event, c.date, c.purpose_id, c.channel
              FROM who JOIN crm_privacy_consent c ON c.email_normalized = who.email
             UNION ALL
            SELECT who.id, 'phone', c.id, c.event, c.date, c.purpose_id, c.channel
              FROM who JOIN crm_privacy_consent c ON c.phone_sanitized = who.phone
          ) found
          JOIN asked ON (found.channel IS NULL OR found.channel = asked.channel)
           AND (found.purpose_id IS NULL OR found.purpose_id = asked.purpose_id)
         WHERE CASE found.key
               WHEN 'email' THEN asked.channel = 'email'
                                 OR found.event NOT IN ('granted', 'confirmed')
               WHEN 'phone' THEN asked.channel IN ('sms', 'phone')
               ELSE TRUE END
         ORDER BY found.person, asked.number, found.date DESC, found.id DESC
    ),
    trade AS (
        SELECT DISTINCT who.house_id, asked.company_id
          FROM who CROSS JOIN asked
         WHERE asked.company_id IS NOT NULL AND who.house_id IS NOT NULL
    ),
    buyer AS (
        SELECT trade.house_id, trade.company_id
          FROM trade JOIN res_partner p ON p.commercial_partner_id = trade.house_id
          JOIN account_move m ON m.partner_id = p.id
           AND m.commercial_partner_id = trade.house_id
           AND m.company_id = trade.company_id AND m.state = 'posted'
           AND m.move_type IN ('out_invoice', 'out_receipt')
           AND m.payment_state IN ('paid', 'in_payment', 'partial')
         UNION
        SELECT trade.house_id, trade.company_id
          FROM trade JOIN res_partner p ON p.commercial_partner_id = trade.house_id
          JOIN sale_order o ON o.partner_id = p.id
           AND o.state = 'sale' AND o.company_id = trade.company_id
    )
    SELECT who.id, asked.number, who.email, who.is_company, who.has_company, word.event, word.date,
           who.restricted
           OR EXISTS (SELECT FROM res_partner p
                       WHERE p.email_normalized = who.email AND p.privacy_restricted)
           OR EXISTS (SELECT FROM crm_lead l
                       WHERE l.email_normalized = who.email AND l.privacy_restricted)
               AS restricted,
           CASE WHEN asked.channel = 'email' THEN
                EXISTS (SELECT FROM mail_blacklist b WHERE b.email = who.email AND b.active)
                WHEN asked.channel IN ('sms', 'phone') THEN
                EXISTS (SELECT FROM phone_blacklist b WHERE b.number = who.phone AND b.active)
                ELSE FALSE END AS excluded,
           CASE WHEN asked.list_id IS NULL THEN FALSE ELSE
                EXISTS (SELECT FROM mailing_contact contact
                          JOIN mailing_subscription s
                            ON s.contact_id = contact.id AND s.list_id = asked.list_id
                         WHERE contact.email_normalized = who.email
                        HAVING bool_and(s.opt_out)) END AS unsubscribed,
           EXISTS (SELECT FROM buyer
                    WHERE buyer.house_id = who.house_id AND buyer.company_id = asked.company_id)
               AS customer
      FROM who CROSS JOIN asked
      LEFT JOIN word ON word.person = who.id AND word.number = asked.number
"""

PARTNER_SQL = """
    SELECT p.id, p.id AS partner_id, NULL::int AS lead_id, p.email_normalized AS email,
           p.phone_sanitized AS phone, COALESCE(p.is_company, FALSE) AS is_company,
           COALESCE(house.is_company, FALSE) OR COALESCE(p.company_name, '') != ''
           OR COALESCE(house.vat, '') != '' OR COALESCE(house.company_registry, '') != ''
               AS has_company,
           COALESCE(p.privacy_restricted, FALSE) AS restricted,
           p.commercial_partner_id AS house_id
      FROM res_partner p LEFT JOIN res_partner house ON house.id = p.commercial_partner_id
     WHERE p.id = ANY(%s)
"""

LEAD_SQL = """
    SELECT l.id, l.partner_id, l.id AS lead_id,
           COALESCE(l.email_normalized, p.email_normalized) AS email,
           COALESCE(l.phone_sanitized, p.phone_sanitized) AS phone,
           COALESCE(l.partner_name, '') != '' AND COALESCE(l.contact_name, '') = ''
           AND NOT COALESCE(NOT p.is_company, FALSE) AS is_company,
           COALESCE(l.partner_name, '') != '' OR COALESCE(house.is_company, FALSE) AS has_company,
           COALESCE(l.privacy_restricted, FALSE) OR COALESCE(p.privacy_restricted, FALSE)
               AS restricted,
           p.commercial_partner_id AS house_id
      FROM crm_lead l LEFT JOIN res_partner p ON p.id = l.partner_id
      LEFT JOIN res_partner house ON house.id = p.commercial_partner_id
     WHERE l.id = ANY(%s)
"""

ADDRESS_SQL = """
    SELECT who.id, who.partner_id, NULL::int AS lead_id, who.email, who.phone,
           FALSE AS is_company,
           who.has_company OR COALESCE(house.is_company, FALSE) AS has_company,
           COALESCE(p.privacy_restricted, FALSE) AS restricted, p.commercial_partner_id AS house_id
      FROM unnest(%(ids)s::int[], %(partners)s::int[], %(emails)s::varchar[],
                  %(phones)s::varchar[], %(companies)s::bool[])
           AS who (id, partner_id, email, phone, has_company)
      LEFT JOIN res_partner p ON p.id = who.partner_id
      LEFT JOIN res_partner house ON house.id = p.commercial_partner_id
"""


class Ground(NamedTuple):
    """Whether somebody may be contacted, the ground as a code, and as a sentence."""

    allowed: bool
    code: str
    text: str


class CrmPrivacyConsent(models.Model):
    """What follows from the words of people: the gate.

    Which word counts?
        The last one for the purpose and channel, of the contact, the lead or the address.
    What else counts?
        A restriction, Odoo's exclusion lists, who left the mailing list of the purpose, and the
        law; see `decision`.
    What does it cost?
        One statement, whether it is asked for one person or for a hundred thousand.
    """

    _inherit = "crm.privacy.consent"

    @api.model
    def _grounds(self, records, purpose, channel):
        """Tell for each record whether it may be contacted.

        :param records: of any model that has an address
        :param purpose: may be empty; then only restrictions and objections to everything count
        :param str channel: see `decision.CHANNELS`
        :return: record id -> Ground
        """
        return self._many_grounds(records, [(purpose, channel)])[0]

    @api.model
    def _many_grounds(self, records, asked):
        """Tell the same for several purposes and channels at once.

        :param asked: pairs of purpose and channel
        :return: for each of them, a dict of record id -> Ground
        """
        words, now = self._ground_words(), fields.Datetime.now()
        grounds = [{} for _pair in asked]
        for row in self._facts(records, asked) if records and asked else []:
            purpose, channel = asked[row["number"] - 1]
            facts = self._read_facts(row, purpose, channel, now)
            basis = purpose.legal_basis if purpose else None
            verdict = decision.decide(basis, channel, facts, bool(purpose and purpose.soft_opt_in))
            text = self._ground_text(words, verdict, row)
            grounds[row["number"] - 1][row["id"]] = Ground(*verdict, text)
        return grounds

    @api.model
    def _read_facts(self, row, purpose, channel, now):
        """Give the facts of one person, from one row of the statement."""
        months = purpose.validity_months if purpose else 0
        return decision.Facts(
            audience=decision.audience(
                channel,
                row["email"],
                is_company=row["is_company"],
                has_company=row["has_company"],
                providers=_MAIL_PROVIDERS,
            ),
            last=row["event"],
            expired=bool(row["date"]) and decision.is_expired(row["date"], months, now),
            restricted=row["restricted"],
            excluded=row["excluded"],
            unsubscribed=row["unsubscribed"],
            customer=row["customer"],
        )

    @api.model
    def _facts(self, records, asked):
        """Read what the law asks for, of all these records in one statement."""
        self._flush_facts(records)
        return self.env.execute_query_dict(
            SQL(
                FACTS_SQL,
                people=self._people_sql(records),
                purposes=[purpose.id or None for purpose, _channel in asked],
                channels=[channel for _purpose, channel in asked],
                lists=[
                    (channel == "email" and purpose.mailing_list_id.id) or None
                    for purpose, channel in asked
                ],
                sellers=[self._seller(purpose, channel) for purpose, channel in asked],
            )
        )

    @api.model
    def _seller(self, purpose, channel):
        """Give the company whose customers need no consent, if that is a ground here."""
        if not purpose.soft_opt_in or channel not in decision.ELECTRONIC:
            return None
        return (purpose.company_id or self.env.company).id

    @api.model
    def _flush_facts(self, records):
        """Write what the statement reads."""
        for name in ("crm.privacy.consent", "mail.blacklist", "phone.blacklist"):
            self.env[name].flush_model()
        self.env["res.partner"].flush_model(
            ["email_normalized", "phone_sanitized", "privacy_restricted", "commercial_partner_id"]
        )
        self.env["crm.lead"].flush_model(["email_normalized", "privacy_restricted", "partner_id"])
        self.env["mailing.contact"].flush_model(["email_normalized"])
        self.env["mailing.subscription"].flush_model(["opt_out", "list_id", "contact_id"])
        self.env["account.move"].flush_model(["state", "payment_state", "commercial_partner_id"])
        self.env["sale.order"].flush_model(["state", "partner_id"])
        records.flush_recordset()

    @api.model
    def _people_sql(self, records):
        """Give who the records are, as a subselect."""
        if records._name == "res.partner":
            return SQL(PARTNER_SQL, records.ids)
        if records._name == "crm.lead":
            return SQL(LEAD_SQL, records.ids)
        records = records.sudo()
        partners = {record: found[:1] for record, found in self._partners_of(records)}
        return SQL(
            ADDRESS_SQL,
            ids=records.ids,
            partners=[partners[record].id or None for record in records],
            emails=[
                self._own_email(record) or partners[record].email_normalized or None
                for record in records
            ],
            phones=[
                ("phone_sanitized" in record and record.phone_sanitized)
                or partners[record].phone_sanitized
                or None
                for record in records
            ],
            companies=[
                bool("company_name" in record and record.company_name) for record in records
            ],
        )

    @api.model
    def _partners_of(self, records):
        """Give each record with its contacts."""
        found = records._mail_get_partners()
        return [(record, found[record.id]) for record in records]

    @api.model
    def _own_email(self, record):
        """Give the address of a record of any model, whatever its field is called."""
        if "email_normalized" in record:
            return record.email_normalized
        names = (record._mail_get_primary_email_field(), "email", "email_from")
        name = next((name for name in names if name in record._fields), None)
        return name and email_normalize(record[name])

    @api.model
    def _ground_text(self, words, verdict, row):
        """Say the ground in a sentence, with the day of the word it rests on."""
        spoken = verdict.code in ("consent", "expired", *decision.NO)
        day = fields.Date.to_string(row["date"]) if spoken and row["date"] else None
        return words(verdict.code, day)

    @api.model
    def _ground_words(self):
        """Give a function that says a ground; each sentence is looked up once."""
        dated, plain, said = self._dated_sentences(), self._plain_sentences(), {}

        def sentence(code, day):
            if (code, day) not in said:
                date = format_date(self.env, day) if day else ""
                said[code, day] = dated[code](date) if code in dated else plain[code]
            return said[code, day]

        return sentence

    def _dated_sentences(self):
        return {
            "consent": lambda day: self.env._("Agreed on %(day)s.", day=day),
            "expired": lambda day: self.env._(
                "Agreed on %(day)s, which is too long ago: ask again.", day=day
            ),
            "refused": lambda day: self.env._("Said no on %(day)s.", day=day),
            "withdrawn": lambda day: self.env._("Objected on %(day)s.", day=day),
        }

    def _plain_sentences(self):
        return {
            "contract": self.env._("Needed for a contract."),
            "legal_obligation": self.env._("Required by law."),
            "vital_interests": self.env._("To protect somebody's life."),
            "public_task": self.env._("A mission of public interest."),
            "generic": self.env._("Address of a house, not of a person."),
            "professional": self.env._("Professional, until they object."),
            "customer": self.env._("Customer, for similar products, until they object."),
            "until_objection": self.env._("Allowed until they object."),
            "not_checked": self.env._("No purpose given: nothing forbids it."),
            "restricted": self.env._("They asked that their data be kept but not used."),
            "excluded": self.env._("On the exclusion list."),
            "unsubscribed": self.env._("Left the mailing list."),
            "no_consent": self.env._("Has not agreed, and consent is needed."),
        }

    @api.model
    def _count_grounds(self, grounds):
        """Count the people by ground: (allowed, code) -> how many."""
        return Counter((ground.allowed, ground.code) for ground in grounds.values())
