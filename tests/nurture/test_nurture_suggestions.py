from odoo.tests import tagged

from ..rfm.suggestion_common import SuggestionCase
from .mail_common import NurtureMailCase


@tagged("post_install", "-at_install")
class TestNurtureSuggestions(NurtureMailCase, SuggestionCase):
    """Products in the messages of a sequence: those that customers like this one bought."""

    BODY = """
        <p>Dear <t t-out="object.name"/>,</p><t t-out="object.suggested_products_html"/>
        <p><a href="/unsubscribe_from_list">Unsubscribe</a></p>
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._customers(14, cls.printer, cls.paper)
        cls.buyers = cls._customers(3, cls.printer)
        cls._customers(30, cls.desk)
        cls._refresh()
        for number, buyer in enumerate(cls.buyers):
            buyer.write({"email": f"buyer{number}@shop.test", "is_company": True})
        cls.stranger = cls._contact(name="New", email="new@shop.test", is_company=True)

    def texts(self, sequence, people):
        """Send the first mail of a sequence; give the text that each got."""
        sequence._enroll(people)
        self.run_until(minutes=1)
        with self.mail_server() as mailbox:
            self.send()
        return {
            to[0]: message.get_body(("html",)).get_content() for to, message in mailbox.messages
        }

    def test_each_gets_what_goes_with_the_own_purchases(self):
        sequence = self._sequence(
            self._mail(body_html=self.BODY), purpose_id=self.purpose.id, model="res.partner"
        )
        texts = self.texts(sequence, self.buyers[:2] | self.stranger)
        for number in (0, 1):
            text = texts[f"buyer{number}@shop.test"]
            self.assertIn(f"Dear {self.buyers[number].name}", text)
            self.assertIn("Paper", text)
            self.assertIn("Often bought with Printer", text)
            self.assertNotIn("Desk", text)
        self.assertIn("Dear New", texts["new@shop.test"])
        self.assertNotIn("Often bought", texts["new@shop.test"])

    def test_leads_of_customers_and_the_company_of_the_sequence(self):
        leads = self.env["crm.lead"].create(
            [{"name": buyer.name, "partner_id": buyer.id} for buyer in self.buyers]
        )
        values = {"purpose_id": self.purpose.id, "company_id": self.company.id}
        sequence = self._sequence(self._mail(body_html=self.BODY), **values)
        # as the scheduled action: in no company in particular
        engine = self.env["crm.nurture.enrollment"].with_context(allowed_company_ids=[])
        sequence._enroll(leads)
        self.clock.tick(60)
        while engine._run_batch():
            pass
        with self.mail_server() as mailbox:
            self.send()
        self.assertEqual(len(mailbox.messages), 3)
        for _to, message in mailbox.messages:
            self.assertIn("Paper", message.get_body(("html",)).get_content())

    def test_who_wants_no_profile_gets_no_suggestion(self):
        self.buyers[0].privacy_unprofiled = True
        sequence = self._sequence(
            self._mail(body_html=self.BODY), purpose_id=self.purpose.id, model="res.partner"
        )
        texts = self.texts(sequence, self.buyers)
        self.assertNotIn("Paper", texts["buyer0@shop.test"])
        self.assertIn("Paper", texts["buyer1@shop.test"])
