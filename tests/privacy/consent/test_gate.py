from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ConsentCase


@tagged("post_install", "-at_install")
class TestGate(ConsentCase):
    """Who may be contacted, what for and how."""

    def test_consumer_needs_consent(self):
        self.assertEqual(self.ground(self.consumer, self.newsletter), "no no_consent")
        self.assertEqual(self.ground(self.consumer, self.offers_email), "no no_consent")
        self.assertEqual(self.ground(self.consumer, self.offers_post, "post"), "until_objection")
        self.assertEqual(self.ground(self.consumer, self.service), "contract")
        self.says(self.consumer, "granted", self.newsletter)
        self.assertEqual(self.ground(self.consumer, self.newsletter), "consent")
        self.assertEqual(self.ground(self.consumer, self.offers_email), "no no_consent")

    def test_professional_until_objection(self):
        self.assertEqual(self.ground(self.professional, self.offers_email), "professional")
        self.assertEqual(self.ground(self.professional, self.newsletter), "no no_consent")
        self.says(self.professional, "withdrawn", self.offers_email)
        self.assertEqual(self.ground(self.professional, self.offers_email), "no withdrawn")

    def test_private_address_of_a_professional(self):
        self.professional.email = "max@orange.fr"
        self.assertEqual(self.ground(self.professional, self.offers_email), "no no_consent")

    def test_house(self):
        box = self._contact(name="Reception", email="info@acme.test")
        self.assertEqual(self.ground(box, self.offers_email), "generic")

    def test_leads(self):
        private = self._lead(contact_name="Lea", email_from="lea@orange.fr")
        office = self._lead(contact_name="Max", partner_name="Acme", email_from="max@acme.test")
        self.assertEqual(self.ground(private, self.offers_email), "no no_consent")
        self.assertEqual(self.ground(office, self.offers_email), "professional")

    def test_lead_and_contact_speak_for_each_other(self):
        lead = self._lead(partner_id=self.consumer.id, email_from="elsewhere@consent.test")
        self.says(lead, "withdrawn", self.newsletter)
        self.assertEqual(self.ground(self.consumer, self.newsletter), "no withdrawn")
        self.says(self.consumer, "granted", self.newsletter)
        self.assertEqual(self.ground(lead, self.newsletter), "consent")

    def test_customer(self):
        product = self.env["product.product"].create({"name": "Bread"})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.consumer.id,
                "order_line": [fields.Command.create({"product_id": product.id})],
            }
        )
        self.assertEqual(self.ground(self.consumer, self.offers_email), "no no_consent")
        order.action_confirm()
        self.assertEqual(self.ground(self.consumer, self.offers_email), "customer")
        self.assertEqual(self.ground(self.consumer, self.newsletter), "no no_consent")
        self.offers_email.company_id = self.env["res.company"].create({"name": "Other"})
        self.assertEqual(self.ground(self.consumer, self.offers_email), "no no_consent")

    def test_last_word_counts(self):
        for event, expected in (
            ("granted", "consent"),
            ("withdrawn", "no withdrawn"),
            ("confirmed", "consent"),
            ("refused", "no refused"),
            ("lifted", "no no_consent"),
        ):
            self.says(self.consumer, event, self.newsletter)
            self.assertEqual(self.ground(self.consumer, self.newsletter), expected)

    def test_dates_count_and_not_the_order_of_typing(self):
        self.says(self.consumer, "withdrawn", self.newsletter)
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.says(self.consumer, "granted", self.newsletter, date=yesterday)
        self.assertEqual(self.ground(self.consumer, self.newsletter), "no withdrawn")

    def test_consent_ends(self):
        old = fields.Datetime.now() - timedelta(days=365 * 4)
        self.says(self.consumer, "granted", self.newsletter, date=old)
        self.assertEqual(self.ground(self.consumer, self.newsletter), "no expired")
        self.newsletter.validity_months = 0
        self.assertEqual(self.ground(self.consumer, self.newsletter), "consent")

    def test_nothing_any_more_covers_all_there_is_and_will_be(self):
        self.says(self.consumer, "granted", self.newsletter)
        self.consumer._privacy_object(source="DEM/1")
        later = self.newsletter.create(
            {"name": "New", "code": "new", "legal_basis": "legitimate_interests", "by_post": True}
        )
        self.assertEqual(self.ground(self.consumer, self.newsletter), "no withdrawn")
        self.assertEqual(self.ground(self.consumer, later, "post"), "no withdrawn")
        self.assertEqual(self.ground(self.consumer), "no withdrawn")
        self.assertEqual(self.ground(self.consumer, self.service, "post"), "contract")

    def test_one_purpose_leaves_the_others(self):
        self.says(self.professional, "withdrawn", self.newsletter)
        self.assertEqual(self.ground(self.professional, self.offers_email), "professional")
        self.assertEqual(self.ground(self.professional), "not_checked")

    def test_restriction(self):
        self.says(self.consumer, "granted", self.newsletter)
        self.consumer.privacy_restricted = True
        self.assertEqual(self.ground(self.consumer, self.newsletter), "no restricted")
        self.assertEqual(self.ground(self.consumer, self.service), "no restricted")
        twin = self._lead(email_from="Lea@consent.test")
        self.assertEqual(self.ground(twin, self.newsletter), "no restricted")

    def test_shared_number_gives_no_consent_to_mails(self):
        colleague = self._contact(
            name="Zoe", parent_id=self.house.id, email="zoe@acme.test", phone="+33611111678"
        )
        self.says(colleague, "granted", self.newsletter)
        self.assertEqual(self.ground(self.consumer, self.newsletter), "no no_consent")
        self.says(colleague, "withdrawn", self.offers_sms, ["sms"])
        self.assertEqual(self.ground(self.consumer, self.offers_sms, "sms"), "no withdrawn")

    def test_mailing_contact(self):
        person = self.env["mailing.contact"].create({"email": "lea@consent.test"})
        self.says(self.consumer, "granted", self.newsletter)
        grounds = self.consents._grounds(person, self.newsletter, "email")
        self.assertEqual(grounds[person.id].code, "consent")

    def test_any_model_with_an_address(self):
        order = self.env["sale.order"].create({"partner_id": self.consumer.id})
        self.says(self.consumer, "granted", self.newsletter)
        grounds = self.consents._grounds(order, self.newsletter, "email")
        self.assertEqual(grounds[order.id].code, "consent")

    def test_same_number_of_queries_for_all(self):
        people = self.env["res.partner"].create(
            [{"name": f"P{n}", "email": f"p{n}@consent.test"} for n in range(100)]
        )
        for records in (
            people,
            self.env["crm.lead"].create(
                [{"name": f"L{n}", "email_from": f"l{n}@consent.test"} for n in range(100)]
            ),
        ):
            self.env.flush_all()
            records[:1]._privacy_may_contact(self.offers_email, "email")
            counts = []
            for some in (records[:1], records):
                before = self.env.cr.sql_log_count
                self.assertEqual(
                    set(some._privacy_may_contact(self.offers_email, "email")), set(some.ids)
                )
                counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(counts[0], counts[1])
            self.assertLessEqual(counts[0], 2)

    def test_nobody(self):
        self.assertEqual(self.env["res.partner"]._privacy_may_contact(self.newsletter, "sms"), {})
