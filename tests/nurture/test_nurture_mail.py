from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .mail_common import NurtureMailCase

MAIL_LOG = "odoo.addons.mail.models.mail_mail"
SERVER_LOG = "odoo.addons.base.models.ir_mail_server"


@tagged("post_install", "-at_install")
class TestNurtureMail(NurtureMailCase):
    """E-mails of sequences: one each, lawful, and what is said about them is true."""

    def test_each_gets_a_personal_mail_that_can_be_left(self):
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id)
        people = self._people(3)
        enrollments = sequence._enroll(people)
        self.run_until(minutes=1)
        self.assertEqual(self.results(enrollments), ["queued"] * 3, enrollments.mapped("reason"))
        self.assertEqual(set(enrollments.mapped("state")), {"done"})
        with self.mail_server() as mailbox:
            self.send()
        self.assertEqual(self.results(enrollments), ["sent"] * 3)
        self.assertEqual(len(mailbox.messages), 3)
        message = mailbox.of("person1@firm1.test")[0]
        text = message.get_body(("html",)).get_content()
        self.assertIn("Hello Lead 1", text)
        self.assertIn("/r/", text)
        self.assertNotIn("shop.example", text, "the link tells who followed it")
        self.assertRegex(text, r"/mailing/\d+/confirm_unsubscribe\?")
        self.assertRegex(message["List-Unsubscribe"], r"<http.*/unsubscribe_oneclick\?.*>")
        self.assertEqual(message["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        self.assertIn("About mail", message["Subject"])
        self.assertIn("catchall@nurture.test", message["Reply-To"])

    def test_suppressed_with_the_rule(self):
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id)
        people = self._people(7)
        self.env["mail.blacklist"]._add(people[1].email_from)
        people[2].email_from = False
        people[3].email_from = "nonsense"
        people[5]._privacy_object(self.purpose)
        people[6].email_from = people[0].email_from
        enrollments = sequence._enroll(people)
        people[4].privacy_restricted = True
        self.run_until(minutes=1)
        self.assertEqual(
            self.results(enrollments),
            [
                "queued",
                "suppressed",
                "no_address",
                "no_address",
                None,
                "suppressed",
                "suppressed",
            ],
        )
        rules = {
            key: rule
            for key, _result, rule in self.deliveries.search(
                [("enrollment_id", "in", enrollments.ids)]
            )._results()
        }
        found = [rules.get(self.delivery(enrollment).id) for enrollment in enrollments]
        self.assertEqual(
            found,
            [
                None,
                "mail_bl",
                "mail_email_missing",
                "mail_email_invalid",
                None,
                "privacy",
                "mail_dup",
            ],
        )
        self.assertEqual((enrollments[4].state, enrollments[4].cause), ("held", "restricted"))
        mails = self.env["mail.mail"].search([("mailing_id.nurture_sequence_id", "!=", False)])
        self.assertEqual(mails.mapped("res_id"), people[0].ids)

    def test_what_changes_between_queue_and_server(self):
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id)
        people = self._people(6)
        enrollments = sequence._enroll(people)
        self.run_until(minutes=1)
        self.env["mail.blacklist"]._add(people[0].email_from)
        people[1].privacy_restricted = True
        people[2]._privacy_object(self.purpose)
        sequence._opt_out([people[3].email_normalized])
        enrollments[4]._leave("goal", "Bought")
        with self.mail_server() as mailbox:
            self.send()
        self.assertEqual(self.results(enrollments), ["cancelled"] * 5 + ["sent"])
        self.assertEqual(len(mailbox.messages), 1)
        self.assertEqual(self.delivery(enrollments[3]).note, "Wants no more of these messages")
        self.assertIn("kept but not used", self.delivery(enrollments[1]).note)
        told = [
            bool(lead.message_ids.filtered(lambda one: one.message_type == "email_outgoing"))
            for lead in people
        ]
        self.assertEqual(told, [False] * 5 + [True], "the history is true as well")

    def test_consent_withdrawn_at_the_last_moment(self):
        newsletter = self.env.ref("crm_lifecycle.crm_privacy_purpose_newsletter")
        sequence = self._sequence(self._mail(), purpose_id=newsletter.id)
        people = self._people(3)
        consents = self.env["crm.privacy.consent"]
        consents._record(
            people[:2]._privacy_people(), "granted", newsletter, ["email"], source="form"
        )
        enrollments = sequence._enroll(people)
        self.run_until(minutes=1)
        self.assertEqual(self.results(enrollments), ["queued", "queued", "suppressed"])
        consents._record(
            people[0]._privacy_people(), "withdrawn", newsletter, ["email"], source="form"
        )
        with self.mail_server() as mailbox:
            self.send()
        self.assertEqual(self.results(enrollments), ["cancelled", "sent", "suppressed"])
        self.assertEqual(len(mailbox.messages), 1)

    @mute_logger(MAIL_LOG, SERVER_LOG)
    def test_server_down_loses_and_doubles_nothing(self):
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id)
        enrollments = sequence._enroll(self._people(3))
        self.run_until(minutes=1)
        with self.mail_server() as mailbox:
            mailbox.stop()
            self.send()
        self.assertEqual(self.results(enrollments), ["queued"] * 3, "they wait")
        with self.mail_server() as mailbox:
            self.send()
            self.assertFalse(mailbox.messages, "not before the time is over")
            self.clock.tick(360)
            self.send()
            self.clock.tick(3600)
            self.send()
        self.assertEqual(self.results(enrollments), ["sent"] * 3)
        self.assertEqual(len(mailbox.messages), 3)

    @mute_logger(MAIL_LOG, SERVER_LOG)
    def test_server_that_is_down_for_good(self):
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id)
        enrollment = sequence._enroll(self._people(1))
        self.run_until(minutes=1)
        with self.mail_server() as mailbox:
            mailbox.stop()
            for _try in range(8):
                self.clock.tick(90_000)
                self.send()
        self.assertEqual(self.results(enrollment), ["failed"])

    @mute_logger(MAIL_LOG, SERVER_LOG)
    def test_server_that_says_later_and_never(self):
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id)
        people = self._people(3)
        enrollments = sequence._enroll(people)
        self.run_until(minutes=1)
        with self.mail_server() as mailbox:
            mailbox.replies = {
                people[0].email_normalized: "450 greylisted, come again",
                people[1].email_normalized: "550 no such user",
            }
            self.send()
            self.assertEqual(self.results(enrollments), ["queued", "failed", "sent"])
            mailbox.replies = {}
            self.clock.tick(360)
            self.send()
        self.assertEqual(self.results(enrollments), ["sent", "failed", "sent"])
        self.assertEqual(len(mailbox.messages), 2)

    @mute_logger(MAIL_LOG, SERVER_LOG)
    def test_server_that_hangs_up(self):
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id)
        enrollments = sequence._enroll(self._people(4))
        self.run_until(minutes=1)
        with self.mail_server() as mailbox:
            mailbox.hang_up_after = 2
            self.send()
            self.assertEqual(sorted(self.results(enrollments)), ["queued"] * 2 + ["sent"] * 2)
            mailbox.hang_up_after = None
            self.clock.tick(360)
            self.send()
        self.assertEqual(self.results(enrollments), ["sent"] * 4)
        self.assertEqual(len(mailbox.messages), 4)
        ids = [message["Message-Id"] for _to, message in mailbox.messages]
        self.assertEqual(len(set(ids)), 4)

    def test_paused_sequence_sends_nothing(self):
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id)
        enrollments = sequence._enroll(self._people(2))
        self.run_until(minutes=1)
        sequence.action_pause()
        with self.mail_server() as mailbox:
            self.send()
            self.assertFalse(mailbox.messages)
            sequence.action_resume()
            self.send()
        self.assertEqual(self.results(enrollments), ["sent"] * 2)

    def test_once_more_when_they_come_again(self):
        sequence = self._sequence(
            self._mail(), purpose_id=self.purpose.id, reentry="after", reentry_days=5
        )
        lead = self._people(1)
        first = sequence._enroll(lead)
        self.run_until(days=6)
        second = sequence._enroll(lead)
        self.run_until(minutes=1)
        with self.mail_server() as mailbox:
            self.send()
        self.assertEqual(self.results(first | second), ["sent", "sent"])
        self.assertEqual(len(mailbox.messages), 2)

    def test_two_versions_by_a_stable_share(self):
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id, publish=False)
        step = sequence.draft_id.step_ids
        step.share_b = 30
        step.action_edit_message_b()
        step.mailing_b_id.subject = "Version B"
        sequence.action_publish()
        enrollments = sequence._enroll(self._people(60))
        self.run_until(minutes=1)
        second = [
            self.delivery(enrollment).trace_id.mass_mailing_id == step.mailing_b_id
            for enrollment in enrollments
        ]
        self.assertTrue(8 < sum(second) < 30)
        shares = [step.mailing_b_id in step._by_variant(one) for one in enrollments]
        self.assertEqual(shares, second)

    def test_broken_text_of_one_stops_nobody(self):
        body = "<p t-out=\"1 / (0 if object.name == 'Lead 2' else 1)\"/>"
        sequence = self._sequence(self._mail(body_html=body), purpose_id=self.purpose.id)
        enrollments = sequence._enroll(self._people(5))
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            self.run_until(minutes=1)
        bad = enrollments[2]
        self.assertEqual(bad.state, "quarantine")
        self.assertEqual(self.results(enrollments - bad), ["queued"] * 4)
        self.assertFalse(self.delivery(bad))

    def test_a_published_message_is_frozen(self):
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id)
        mailing = sequence.version_id.step_ids.mailing_id
        with self.assertRaisesRegex(UserError, "published"):
            mailing.subject = "Other"
        with self.assertRaisesRegex(UserError, "sends it"):
            mailing.action_put_in_queue()
        with self.assertRaisesRegex(AccessError, "belongs to its sequence"):
            mailing.with_user(self.marketing).nurture_sequence_id = False
        self._people(2)
        self.assertFalse(mailing._get_remaining_recipients(), "whatever the form says")
        self.assertEqual(mailing.nurture_sequence_id, sequence)
        copied = sequence.version_id.step_ids.copy_data()[0]
        self.assertNotEqual(copied["mailing_id"], mailing.id)

    def test_a_channel_that_nobody_was_asked_about(self):
        newsletter = self.env.ref("crm_lifecycle.crm_privacy_purpose_newsletter")
        sms = {"kind": "sms", "name": "text", "sms_body": "Hello"}
        with self.assertRaisesRegex(UserError, "nobody was asked"):
            self._sequence(sms, purpose_id=newsletter.id)
        with self.assertRaisesRegex(UserError, "no text"):
            self._sequence({"kind": "sms", "name": "text"}, purpose_id=self.purpose.id)
