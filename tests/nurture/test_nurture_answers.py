import re
from email.message import EmailMessage

from lxml import html

from odoo.tests import HttpCase, tagged

from .mail_common import NurtureMailCase

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
PROGRAM = {"User-Agent": "python-requests/2.32"}

BOUNCE = """\
From: MAILER-DAEMON@firm0.test
To: bounce@nurture.test
Subject: Undelivered Mail Returned to Sender
Message-Id: <bounce@firm0.test>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain; charset=utf-8

No such user
--part
Content-Type: message/delivery-status

Reporting-MTA: dns; firm0.test

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}

--part
Content-Type: text/rfc822-headers

Message-Id: {message_id}

--part--
"""


@tagged("post_install", "-at_install")
class TestNurtureAnswers(NurtureMailCase, HttpCase):
    """What people do with a mail that they got: by the real pages and the real gateway."""

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self.sequence = self._two_mails()
        self.other = self._sequence(self._mail("other"), purpose_id=self.purpose.id)
        self.people = self._people(3)
        self.enrollments = self.sequence._enroll(self.people)
        self.run_until(minutes=1)
        with self.mail_server() as mailbox:
            self.send()
        self.message = mailbox.of(self.people[0].email_normalized)[0]
        self.text = self.message.get_body(("html",)).get_content().replace("&amp;", "&")

    def path(self, pattern):
        """Give the path of a link in the mail."""
        url = re.search(rf'https?://[^"\s<>]*{pattern}[^"\s<>]*', self.text)[0]
        return "/" + url.split("/", 3)[3]

    def after_two_minutes(self):
        self.clock.tick(120)

    def form(self, response, scope):
        """Send the form of a page with one of its buttons."""
        page = html.fromstring(response.text)
        values = {
            field.get("name"): field.get("value") or ""
            for field in page.xpath("//form[contains(@action, 'unsubscribe')]//input")
        }
        return self.url_open("/mailing/confirm_unsubscribe", data={**values, "scope": scope})

    # ------------------------------------------------------------
    # Openings and clicks
    # ------------------------------------------------------------

    def test_a_human_opens_and_clicks(self):
        self.after_two_minutes()
        self.url_open(self.path("blank.gif"), headers=BROWSER)
        self.assertEqual(self.results(self.enrollments), ["opened", "sent", "sent"])
        self.url_open(self.path("/r/"), headers=BROWSER, allow_redirects=False)
        self.assertEqual(self.results(self.enrollments), ["clicked", "sent", "sent"])

    def test_a_program_does_not_count(self):
        self.url_open(self.path("blank.gif"), headers=PROGRAM)
        self.url_open(self.path("/r/"), headers=PROGRAM, allow_redirects=False)
        self.assertEqual(self.delivery(self.enrollments[0]).trace_id.trace_status, "open")
        self.assertEqual(self.results(self.enrollments), ["delivered", "sent", "sent"])

    # ------------------------------------------------------------
    # Unsubscribing
    # ------------------------------------------------------------

    def test_from_this_sequence(self):
        page = self.url_open(self.path("confirm_unsubscribe"))
        self.assertIn("Only this series of messages", page.text)
        self.assertFalse(self.env["crm.nurture.optout"].search([("email", "!=", False)]))
        answer = self.form(page, "sequence")
        self.assertIn("no more messages of this series", answer.text)
        self.env.invalidate_all()
        first = self.enrollments[0]
        self.assertEqual((first.state, first.cause), ("exited", "unsubscribed"))
        self.assertFalse(self.people[0].is_blacklisted)
        again = self.other._enroll(self.people[0])
        self.run_until(days=5)
        with self.mail_server() as mailbox:
            self.send()
        subjects = [m["Subject"] for m in mailbox.of(self.people[0].email_normalized)]
        self.assertEqual(subjects, ["About other"])
        self.assertEqual(self.results(again), ["sent"])

    def test_also_what_waits_to_leave(self):
        self.run_until(days=4)
        self.assertEqual(self.results(self.enrollments), ["queued"] * 3)
        self.form(self.url_open(self.path("confirm_unsubscribe")), "sequence")
        with self.mail_server() as mailbox:
            self.send()
        self.assertFalse(mailbox.of(self.people[0].email_normalized))
        self.assertEqual(self.results(self.enrollments), ["cancelled", "sent", "sent"])

    def test_who_left_does_not_come_in_by_another_lead(self):
        self.form(self.url_open(self.path("confirm_unsubscribe")), "sequence")
        self.env.invalidate_all()
        twin = self.people[0].copy({"email_from": self.people[0].email_from})
        self.assertFalse(self.sequence._enroll(twin))

    def test_from_everything(self):
        self.form(self.url_open(self.path("confirm_unsubscribe")), "all")
        self.env.invalidate_all()
        self.assertTrue(self.people[0].is_blacklisted)
        self.assertEqual(self.enrollments[0].state, "exited")
        again = self.other._enroll(self.people[0])
        self.run_until(days=1)
        self.assertEqual(self.results(again), ["suppressed"])

    def test_the_button_of_the_mail_program(self):
        url = self.message["List-Unsubscribe"].strip("<>")
        path = "/" + url.split("/", 3)[3]
        response = self.url_open(path, data={"List-Unsubscribe": "One-Click"})
        self.assertEqual(response.status_code, 200)
        self.env.invalidate_all()
        self.assertTrue(self.people[0].is_blacklisted)
        self.assertEqual(self.enrollments[0].state, "exited")

    def test_opening_a_link_decides_nothing(self):
        path = self.path("confirm_unsubscribe").replace("confirm_unsubscribe", "unsubscribe")
        page = self.url_open(path)
        self.assertIn("Only this series of messages", page.text)
        self.env.invalidate_all()
        self.assertFalse(self.people[0].is_blacklisted)
        self.assertEqual(self.enrollments[0].state, "waiting")

    def test_a_forged_link_does_nothing(self):
        page = self.url_open(self.path("confirm_unsubscribe"))
        forged = page.text.replace(self.people[0].email_normalized, "person1@firm1.test")
        values = {
            field.get("name"): field.get("value") or ""
            for field in html.fromstring(forged).xpath("//form//input")
        }
        for mailing in (values["mailing_id"], "999999999"):
            response = self.url_open(
                "/mailing/confirm_unsubscribe",
                data={**values, "mailing_id": mailing, "scope": "sequence"},
            )
            self.assertIn(response.status_code, (401, 403))
        self.env.invalidate_all()
        self.assertEqual(set(self.enrollments.mapped("state")), {"waiting"})

    # ------------------------------------------------------------
    # The mail gateway
    # ------------------------------------------------------------

    def reply(self, **headers):
        """Let the gateway take an answer of the first person."""
        reply = EmailMessage()
        reply["From"] = self.people[0].email_from
        reply["To"] = self.message["Reply-To"]
        reply["Subject"] = "Re: About first"
        reply["Message-Id"] = f"<reply{len(headers)}@firm0.test>"
        reply["In-Reply-To"] = reply["References"] = self.message["Message-Id"]
        for name, value in headers.items():
            reply[name.replace("_", "-")] = value
        reply.set_content("Call me")
        self.env["mail.thread"].message_process(None, reply.as_bytes())

    def test_a_reply(self):
        self.reply()
        self.assertEqual(self.results(self.enrollments), ["replied", "sent", "sent"])
        self.assertIn("Call me", self.people[0].message_ids[0].body, "it is in the chatter")
        self.run_until(minutes=5)
        first = self.enrollments[0]
        self.assertEqual((first.state, first.cause), ("exited", "reply"))

    def test_an_absence_note_is_no_reply(self):
        self.reply(Auto_Submitted="auto-replied")
        self.assertEqual(self.results(self.enrollments), ["sent", "sent", "sent"])
        self.assertIn("Call me", self.people[0].message_ids[0].body, "it is in the chatter")
        self.assertEqual(self.people[0].message_ids[0].message_type, "out_of_office")
        self.env["crm.touchpoint"]._harvest()
        self.run_until(days=4)
        self.assertEqual(self.results(self.enrollments)[0], "queued", "it goes on")
        self.reply()
        self.assertEqual(self.delivery(self.enrollments[0]).result, "queued")
        with self.mail_server() as mailbox:
            self.send()
        self.assertFalse(mailbox.of(self.people[0].email_normalized), "a person has answered")

    def bounce(self, action, status):
        """Let the gateway take a report about the mail to the first person."""
        self.env["mail.thread"].message_process(
            None,
            BOUNCE.format(
                address=self.people[0].email_normalized,
                message_id=self.message["Message-Id"],
                action=action,
                status=status,
            ),
        )
        return self.results(self.enrollments)

    def test_a_bounce(self):
        self.assertEqual(self.bounce("failed", "5.1.1"), ["bounced", "sent", "sent"])
        self.assertEqual(self.people[0].message_bounce, 1)
        self.assertIn("No such user", self.delivery(self.enrollments[0]).trace_id.failure_reason)

    def test_a_full_mailbox_after_days_of_trying(self):
        self.assertEqual(self.bounce("failed", "4.2.2"), ["bounced", "sent", "sent"])

    def test_a_mail_that_is_late(self):
        self.assertEqual(self.bounce("delayed", "4.4.1"), ["sent", "sent", "sent"])
        self.assertEqual(self.people[0].message_bounce, 0)
