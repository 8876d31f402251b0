from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import TouchpointCase

HELLO = "Hello"


@tagged("post_install", "-at_install")
class TestTouchpointShippedSources(TouchpointCase):
    """What is shipped: which records of Odoo are touchpoints, and of whom."""

    def test_meetings_are_found_when_they_are_over(self):
        start = fields.Datetime.now() - timedelta(hours=2)
        meeting = self.env["calendar.event"].create(
            {
                "name": "Demo",
                "start": start,
                "stop": start + timedelta(hours=1),
                "partner_ids": [(6, 0, [self.person.id, self.env.user.partner_id.id])],
            }
        )
        self.touchpoints._harvest()
        found = self.of(self.person, "met")
        self.assertEqual(found.action_open_record()["res_id"], meeting.id)
        self.assertEqual(self.events_of(self.env.user.partner_id), [])

    def test_meeting_about_a_lead_counts_once(self):
        lead = self._lead(type="opportunity", partner_id=self.person.id)
        start = fields.Datetime.now() - timedelta(hours=2)
        self.env["calendar.event"].create(
            {
                "name": "Demo",
                "start": start,
                "stop": start + timedelta(hours=1),
                "opportunity_id": lead.id,
                "partner_ids": [(6, 0, [self.person.id, self.env.user.partner_id.id])],
            }
        )
        self.touchpoints._harvest()
        self.assertEqual(self.of(lead).mapped("event").count("met"), 1)
        self.assertEqual(self.of(self.person).mapped("event").count("met"), 1)

    def test_messages_in_and_out_but_no_notes(self):
        lead = self._lead(email_from="ada@example.com", partner_id=self.person.id)
        # by hand, not by the mail gateway
        self.env.cr.execute(
            "UPDATE crm_lead SET create_uid = %s WHERE id = %s", [self.salesman.id, lead.id]
        )
        post = {"subtype_xmlid": "mail.mt_comment"}
        lead.message_post(body=HELLO, author_id=self.person.id, message_type="email", **post)
        self.touchpoints._harvest()
        self.assertEqual(self.of(lead).mapped("event"), ["received"])
        lead.message_post(body=HELLO, partner_ids=self.person.ids, message_type="comment", **post)
        lead.message_post(body=HELLO, subtype_xmlid="mail.mt_note")
        lead.message_post(body=HELLO, message_type="notification")
        self.touchpoints._harvest()
        self.env.invalidate_all()
        self.assertEqual(sorted(self.of(lead).mapped("event")), ["received", "sent"])
        self.assertEqual(self.of(lead).partner_id, self.person)

    def _write_in(self, record, author):
        """Let a mail come in."""
        return record.message_post(
            body=HELLO,
            author_id=author.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )

    def test_reply_to_a_mailing_counts_once(self):
        other = self._contact(name="Bob", email="bob@example.com")
        self._trace(self.person, trace_status="reply", reply_datetime=fields.Datetime.now())
        reply = self._write_in(self.person, self.person)
        self._write_in(other, other)
        self.touchpoints._harvest()
        self.assertTrue(reply.is_counted_already)
        self.assertEqual(self.of(self.person).mapped("event").count("replied"), 1)
        self.assertNotIn("received", self.events_of(self.person))
        self.assertEqual(self.events_of(other), ["received"])

    def test_second_mail_after_a_reply_counts(self):
        before = fields.Datetime.now() - timedelta(hours=1)
        self._trace(self.person, trace_status="reply", reply_datetime=before)
        second = self._write_in(self.person, self.person)
        self.touchpoints._harvest()
        self.assertFalse(second.is_counted_already)
        self.assertEqual(self.events_of(self.person)[-2:], ["replied", "received"])

    def test_reply_on_a_lead_counts_once(self):
        lead = self._lead(email_from="lea@example.com", type="lead")
        self._trace(lead, trace_status="reply", reply_datetime=fields.Datetime.now())
        stranger = self._contact(name="Lea", email="assistant@example.com")
        self._write_in(lead, stranger)
        self.touchpoints._harvest()
        self.assertEqual(self.of(lead).mapped("event").count("replied"), 1)
        self.assertNotIn("received", self.events_of(lead))

    def test_mail_that_opens_a_lead_counts_once(self):
        lead = self.env(user=self.env.ref("base.user_root"))["crm.lead"].create(
            {"name": "Question", "email_from": "ada@example.com", "partner_id": self.person.id}
        )
        self._write_in(lead, self.person)
        self.touchpoints._harvest()
        self.assertEqual(self.events_of(lead), ["submitted"])
        self.assertEqual(self.of(lead).channel_id.code, "email")

    def test_request_of_the_website_by_mail_counts_once(self):
        lead = self.env(user=self.env.ref("base.user_root"))["crm.lead"].create(
            {"name": "Question", "medium_id": self.env.ref("utm.utm_medium_website").id}
        )
        self._write_in(lead, self.person)
        self.touchpoints._harvest()
        self.assertEqual(self.events_of(lead), ["submitted"])

    def test_call_done_is_a_contact(self):
        lead = self._lead()
        activity = lead.activity_schedule("mail.mail_activity_data_call", user_id=self.env.uid)
        activity.action_feedback(feedback="Talked")
        self.touchpoints._harvest()
        call = self.of(lead, "called")
        self.assertEqual(call.channel_id.code, "phone")
        self.assertNotIn("body", call._fields)

    def test_request_by_web_form(self):
        lead = self._lead(medium_id=self.env.ref("utm.utm_medium_website").id)
        self.touchpoints._harvest()
        self.assertEqual(self.of(lead).channel_id.code, "web_form")
        self.assertEqual(self.of(lead).event, "submitted")
        self.assertEqual(self.events_of(self._lead()), [])

    def test_unsubscribing_by_blacklist_and_by_list(self):
        self.env["mail.blacklist"].create({"email": "ada@example.com"})
        contact = self.env["mailing.contact"].create({"email": "ada@example.com"})
        mailing_list = self.env["mailing.list"].create({"name": "News"})
        self.env["mailing.subscription"].create(
            {"contact_id": contact.id, "list_id": mailing_list.id, "opt_out": True}
        )
        self.touchpoints._harvest()
        self.assertEqual(self.events_of(self.person), ["unsubscribed"] * 2)

    def test_orders_and_quotations(self):
        product = self.env["product.product"].create({"name": "Thing", "type": "service"})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.person.id,
                "order_line": [(0, 0, {"product_id": product.id, "price_unit": 10})],
            }
        )
        self.touchpoints._harvest()
        self.assertEqual(self.events_of(self.person), [])
        order.action_quotation_sent()
        self.touchpoints._harvest()
        self.assertEqual(self.of(self.person).mapped("event"), ["quoted"])
        order.signed_on = fields.Datetime.now()
        order.action_confirm()
        self.touchpoints._harvest()
        self.env.invalidate_all()
        self.assertEqual(set(self.of(self.person).mapped("event")), {"quoted", "signed", "ordered"})
