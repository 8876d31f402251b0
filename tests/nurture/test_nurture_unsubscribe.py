import re

from lxml import html

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .mail_common import NurtureMailCase


@tagged("post_install", "-at_install")
class TestNurtureUnsubscribe(NurtureMailCase, HttpCase):
    """The pages to unsubscribe, as visitors, programs and swindlers come to them."""

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self.sequence = self._two_mails()
        self.people = self._people(2)
        self.enrollments = self.sequence._enroll(self.people)
        self.run_until(minutes=1)
        with self.mail_server() as mailbox:
            self.send()
        message = mailbox.of(self.people[0].email_normalized)[0]
        text = message.get_body(("html",)).get_content().replace("&amp;", "&")
        self.link = self.path(re.search(r'https?://[^"\s<>]*confirm_unsubscribe[^"\s<>]*', text)[0])
        self.button = self.path(message["List-Unsubscribe"].strip("<>"))

    def path(self, url):
        return "/" + url.split("/", 3)[3]

    def form(self, response, **values):
        """Send the form of a page with one of its buttons."""
        page = html.fromstring(response.text)
        fields = page.xpath("//form[contains(@action, 'unsubscribe')]//input")
        kept = {field.get("name"): field.get("value") or "" for field in fields}
        return self.url_open("/mailing/confirm_unsubscribe", data={**kept, **values})

    def states(self):
        self.env.invalidate_all()
        return [(one.state, one.cause) for one in self.enrollments]

    GONE, INSIDE = ("exited", "unsubscribed"), ("waiting", False)

    # ------------------------------------------------------------

    def test_first_from_the_sequence_then_from_everything(self):
        other = self._sequence(self._mail("other"), purpose_id=self.purpose.id)
        waiting = other._enroll(self.people)
        self.run_until(minutes=1)
        answer = self.form(self.url_open(self.link), scope="sequence")
        self.assertIn("/privacy/preferences/", answer.text, "all choices are one click away")
        self.assertEqual(self.states(), [self.GONE, self.INSIDE])
        end = self.form(answer, scope="all")
        self.assertIn("/privacy/preferences/", end.text)
        self.env.invalidate_all()
        self.assertTrue(self.people[0].is_blacklisted)
        with self.mail_server() as mailbox:
            self.send()
        self.assertEqual(len(mailbox.messages), 1)
        self.assertEqual(self.results(waiting), ["cancelled", "sent"])

    def test_twice(self):
        for _time in range(2):
            self.assertEqual(self.form(self.url_open(self.link), scope="sequence").status_code, 200)
        for _time in range(2):
            response = self.url_open(self.button, data={"List-Unsubscribe": "One-Click"})
            self.assertEqual(response.status_code, 200)
        self.assertEqual(self.states(), [self.GONE, self.INSIDE])
        optouts = self.env["crm.nurture.optout"].search([("sequence_id", "=", self.sequence.id)])
        self.assertEqual(optouts.mapped("email"), [self.people[0].email_normalized])

    def test_programs_follow_all_links(self):
        paths = [
            self.link,
            self.button,
            self.button.replace("unsubscribe_oneclick", "unsubscribe"),
            self.button.replace("unsubscribe_oneclick", "view"),
        ]
        for path in paths:
            self.url_open(path)
            self.opener.head(self.base_url() + path, timeout=10)
        self.assertEqual(self.states(), [self.INSIDE] * 2)
        self.assertFalse(self.people[0].is_blacklisted)

    def test_forged_links(self):
        email = self.people[0].email_normalized.replace("@", "%40")
        other = self.people[1].email_normalized.replace("@", "%40")
        document = f"document_id={self.people[0].id}"
        for path in (self.link, self.button):
            for forged in (
                path.replace(email, other),
                path.replace(document, f"document_id={self.people[1].id}"),
                path.replace("hash_token=", "hash_token=0"),
                re.sub(r"/mailing/\d+", "/mailing/999999999", path),
                path.split("?")[0],
                re.sub(r"&?hash_token=[^&]*", "", path),
            ):
                self.assertNotEqual(forged, path)
                data = {"List-Unsubscribe": "One-Click"} if path == self.button else None
                response = self.url_open(forged, data=data)
                self.assertIn(response.status_code, (400, 401, 403), forged)
        self.assertEqual(self.states(), [self.INSIDE] * 2)
        self.assertFalse(any(self.people.mapped("is_blacklisted")))

    def test_a_form_from_elsewhere(self):
        values = dict(part.split("=") for part in self.link.split("?")[1].split("&"))
        mailing = self.link.split("/")[2]
        with mute_logger("odoo.http"):
            response = self.url_open(
                "/mailing/confirm_unsubscribe",
                data={**values, "mailing_id": mailing, "scope": "sequence"},
            )
        self.assertEqual(response.status_code, 400, "it has no token against forgery")
        self.assertEqual(self.states(), [self.INSIDE] * 2)

    def test_who_has_another_address_by_now(self):
        self.people[0].email_from = "new@firm0.test"
        self.form(self.url_open(self.link), scope="sequence")
        self.assertEqual(self.states(), [self.GONE, self.INSIDE])
        self.run_until(days=100)
        self.assertFalse(self.sequence._enroll(self.people[0]))

    def test_whose_leads_were_merged(self):
        merged = self.people.merge_opportunity(auto_unlink=True)
        merged.email_from = self.people.exists()[:1].email_from
        self.form(self.url_open(self.link), scope="sequence")
        self.assertFalse(self.enrollments.exists().filtered(lambda one: one.state == "waiting"))

    def test_colleagues_do_not_need_a_link(self):
        self.authenticate("lifecycle_marketing", "lifecycle_marketing")
        page = self.url_open(self.link)
        self.form(page, scope="sequence")
        self.assertEqual(self.states(), [self.GONE, self.INSIDE], "they try the link of a person")

    def test_in_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        modules = ["crm_lifecycle", "mass_mailing"]
        self.env["ir.module.module"]._load_module_terms(modules, ["fr_FR"])
        page = self.url_open("/fr" + self.link)
        self.assertIn('lang="fr-FR"', page.text)
        self.assertNotIn("Only this series of messages", page.text)
        self.assertNotIn("All messages", page.text)
        self.assertEqual(self.form(page, scope="sequence").status_code, 200)
        self.assertEqual(self.states(), [self.GONE, self.INSIDE])
