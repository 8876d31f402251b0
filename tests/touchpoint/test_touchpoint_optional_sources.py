from odoo import Command, fields
from odoo.tests import tagged

from .common import TouchpointCase


@tagged("post_install", "-at_install")
class TestTouchpointOptionalSources(TouchpointCase):
    """What other apps record; where one is not installed, its source sleeps and its test is left.

    Each record has a person by a link, and one by an address where there may be one.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prospect_lead = cls._lead(email_from="Bob <bob@example.com>")

    def _needs(self, model, source):
        """Leave a test whose app is missing, once it is seen that the source says so."""
        source = self.env.ref(f"crm_lifecycle.touchpoint_source_{source}")
        if model not in self.env:
            self.assertEqual(source.state, "asleep")
            self.assertIn(model, source.problem)
            self.skipTest(f"{model} is not installed")
        self.assertEqual(source.state, "awake", source.problem)

    def _harvested(self, record):
        self.touchpoints._harvest()
        return self.events_of(record)

    def test_event(self):
        self._needs("event.registration", "event_registered")
        event = self.env["event.event"].create(
            {"name": "Fair", "date_begin": "2026-05-01 08:00:00", "date_end": "2026-05-01 18:00:00"}
        )
        registrations = self.env["event.registration"]
        values = {"event_id": event.id, "name": "Guest"}
        registrations.create({**values, "email": "ada@example.com"})
        registrations.create({**values, "email": "BOB@example.com"}).action_set_done()
        registrations.create({**values, "partner_id": self.person.id, "state": "cancel"})
        self.assertEqual(self._harvested(self.person), ["submitted"])
        self.assertCountEqual(self.events_of(self.prospect_lead), ["submitted", "attended"])
        self.assertEqual(self.of(self.person).action_open_record()["res_id"], event.id)

    def test_survey(self):
        self._needs("survey.user_input", "survey")
        survey = self.env["survey.survey"].create({"title": "How was it?"})
        answers = self.env["survey.user_input"].create(
            [
                {"survey_id": survey.id, "partner_id": self.person.id},
                {"survey_id": survey.id, "email": "bob@example.com"},
                {"survey_id": survey.id, "partner_id": self.person.id, "test_entry": True},
            ]
        )
        self.assertEqual(self._harvested(self.person), [])
        answers._mark_done()
        self.assertEqual(self._harvested(self.person), ["answered"])
        self.assertEqual(self.events_of(self.prospect_lead), ["answered"])

    def test_live_chat(self):
        if "im_livechat.channel" not in self.env:
            self.skipTest("im_livechat.channel is not installed")
        chat = self.env["discuss.channel"].create(
            {
                "name": "Chat",
                "channel_type": "livechat",
                "livechat_channel_id": self.env["im_livechat.channel"].create({"name": "Shop"}).id,
                "livechat_operator_id": self.env.user.partner_id.id,
                "channel_member_ids": [Command.create({"partner_id": self.person.id})],
            }
        )
        self.assertEqual(self._harvested(self.person), ["received"])
        self.assertEqual(self.of(self.person).action_open_record()["res_id"], chat.id)

    def test_website(self):
        self._needs("website.track", "website_visit")
        visitor = self.env["website.visitor"].create(
            {
                "access_token": str(self.person.id),
                "website_id": self.env["website"].search([("id", "!=", False)], limit=1).id,
            }
        )
        self.env["website.track"].create(
            {"visitor_id": visitor.id, "url": "/shop", "visit_datetime": self.noon}
        )
        self.assertEqual(self._harvested(self.person), ["visited"])
        self.assertEqual(self.of(self.person).date, self.noon)

    def test_rating(self):
        self._needs("rating.rating", "rating")
        for record in (self.prospect_lead, self.person):
            self.env["rating.rating"].create(
                {
                    "res_model_id": self.env["ir.model"]._get_id(record._name),
                    "res_id": record.id,
                    "rating": 5,
                    "consumed": True,
                }
            )
        self.assertEqual(self._harvested(self.person), ["rated"])
        self.assertEqual(self.events_of(self.prospect_lead), ["rated"])

    def test_invoice_and_payment(self):
        journals = self.env["account.journal"]
        sale, bank = (
            journals.search(
                [("type", "=", kind), ("company_id", "=", self.env.company.id)], limit=1
            )
            for kind in ("sale", "bank")
        )
        if not (sale and bank):
            self.skipTest("no chart of accounts")
        today = fields.Date.today()
        values = {"move_type": "out_invoice", "partner_id": self.person.id, "invoice_date": today}
        line = Command.create({"name": "Wine", "price_unit": 10})
        invoices = self.env["account.move"].create(
            [
                {**values, "invoice_line_ids": [line]},
                {**values, "invoice_line_ids": [line], "move_type": "out_refund"},
                {**values, "invoice_line_ids": [line]},
            ]
        )
        invoices[:2].action_post()
        self.env["account.payment"].create(
            {
                "partner_id": self.person.id,
                "payment_type": "inbound",
                "partner_type": "customer",
                "amount": 10,
                "journal_id": bank.id,
            }
        ).action_post()
        self.assertCountEqual(self._harvested(self.person), ["invoiced", "paid"])
