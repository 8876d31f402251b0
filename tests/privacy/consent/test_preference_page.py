import os
import random
import string
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from lxml import html

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ....models.privacy.consent import crm_privacy_attempt, signed_link
from .common import ConsentCase


class PublicPageCase(ConsentCase, HttpCase):
    """A visitor without JavaScript: reads pages, and sends their forms."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.preferences = cls.env["crm.privacy.preference"]
        cls.refusals = cls.env["crm.privacy.refusal"]
        cls.service.is_public = True
        cls.path = cls.preferences._url(cls.consumer, "")

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def get(self, path, status=200):
        """Give the page as a tree."""
        response = self.url_open(path)
        self.assertEqual(response.status_code, status, response.text[-500:])
        return html.fromstring(response.text)

    def post(self, path, status=200, **values):
        """Send a form with the token of its page, and give the page that follows."""
        values.setdefault("csrf_token", self.csrf())
        response = self.url_open(path, data=values)
        self.assertEqual(response.status_code, status, response.text[-500:])
        return html.fromstring(response.text)

    def csrf(self):
        page = self.url_open("/privacy/subscribe").text
        return html.fromstring(page).xpath("//input[@name='csrf_token']/@value")[0]

    @staticmethod
    def on(page):
        """Give the choices that are on."""
        return set(page.xpath("//input[@name='choice'][@checked]/@value"))

    @staticmethod
    def words(page):
        return " ".join(page.xpath("//div[@id='wrap']")[0].text_content().split())


@tagged("post_install", "-at_install")
class TestPreferencePage(PublicPageCase):
    def test_page_shows_what_holds(self):
        self.says(self.consumer, "granted", self.newsletter)
        page = self.get(self.path)
        on = self.on(page)
        self.assertIn(f"{self.newsletter.id}-email", on)
        self.assertNotIn(f"{self.offers_email.id}-email", on)
        self.assertIn(f"{self.profiling.id}-", on)
        shown = page.xpath("//input[@name='choice']/@value")
        self.assertNotIn(f"{self.service.id}-email", shown, "a contract is no choice")
        self.assertIn(self.newsletter.wording_id.text, self.words(page))
        self.assertNotIn("lea@consent.test", self.words(page))
        self.assertFalse(page.xpath("//div[@id='wrap']//script"))

    def test_visit_changes_nothing(self):
        self.says(self.consumer, "granted", self.newsletter)
        before = self.consents.search_count([])
        for path in (self.path, f"{self.path}?choice=x&type=erasure&done=saved"):
            self.get(path)
        for path in (f"{self.path}/nothing", f"{self.path}/request"):
            self.assertEqual(self.url_open(path).status_code, 405)
        self.assertEqual(self.consents.search_count([]), before)

    def test_form_changes_what_was_chosen(self):
        self.says(self.consumer, "granted", self.newsletter)
        keep = self.on(self.get(self.path)) - {f"{self.newsletter.id}-email"}
        page = self.post(self.path, choice=[*keep, f"{self.offers_email.id}-email"])
        self.assertIn("Your choices are saved", self.words(page))
        self.assertNotIn(f"{self.newsletter.id}-email", self.on(page))
        self.assertEqual(self.ground(self.consumer, self.newsletter), "no withdrawn")
        self.assertEqual(self.ground(self.consumer, self.offers_email), "consent")
        word = self.consumer.privacy_consent_ids.sorted("id")[-1]
        self.assertEqual((word.source, word.user_id.id), ("preference", False))
        self.assertTrue(word.wording_fingerprint)
        self.assertTrue(word.url.endswith("/privacy/preferences"), "not the link itself")
        count = self.consents.search_count([])
        self.post(self.path, choice=list(self.on(page)))
        self.assertEqual(self.consents.search_count([]), count, "nothing changed, nothing noted")

    def test_nothing_any_more(self):
        self.says(self.consumer, "granted", self.newsletter)
        page = self.post(f"{self.path}/nothing")
        self.assertIn("nothing any more", self.words(page))
        self.assertFalse(self.on(page))
        self.assertTrue(self.consumer.privacy_unprofiled)
        self.assertTrue(self.consumer.is_blacklisted)

    def test_form_without_its_token_is_refused(self):
        with mute_logger("odoo.http"):
            response = self.url_open(f"{self.path}/nothing", data={"csrf_token": "wrong"})
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.consumer.privacy_consent_ids)

    def test_links_that_do_not_work(self):
        token = self.path.rsplit("/", 1)[1]
        altered = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
        with freeze_time(fields.Datetime.now() - timedelta(days=100)):
            old = self.preferences._url(self.consumer, "")
        for path, words, reason in (
            (f"/privacy/preferences/{altered}", "does not work", "tampered"),
            ("/privacy/preferences/x", "does not work", "tampered"),
            (old, "has expired", "expired"),
        ):
            self.assertIn(words, self.words(self.get(path, 403)))
            self.assertEqual(self.refusals.search([], limit=1).reason, reason)
        other = signed_link._sign(self.env, "confirm", ["p", self.consumer.id, "x"], 1)
        self.get(f"/privacy/preferences/{other}", 403)

    def test_link_of_another_address_opens_nothing(self):
        self.consumer.email = "new@consent.test"
        self.assertIn("has expired", self.words(self.get(self.path, 403)))

    def test_trace_has_no_personal_data(self):
        self.get("/privacy/preferences/lea@consent.test", 403)
        self.env.cr.execute("SELECT * FROM crm_privacy_refusal ORDER BY id DESC LIMIT 1")
        self.assertNotIn("lea", str(self.env.cr.fetchall()))
        self.env.cr.execute("SELECT key FROM crm_privacy_attempt")
        self.assertNotIn("127.0.0.1", str(self.env.cr.fetchall()))

    def test_languages(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.newsletter.with_context(lang="fr_FR").name = "Lettre d'information"
        page = self.get(f"{self.path}?lang=fr_FR")
        self.assertIn("Lettre d'information", self.words(page))
        self.assertTrue(page.xpath(f"//a[@href='{self.path}?lang=en_US']"))
        self.assertIn("Newsletter", self.words(self.get(f"{self.path}?lang=en_US")))
        self.get(f"{self.path}?lang=xx_XX")
        self.post(self.path, lang="fr_FR", choice=f"{self.newsletter.id}-email")
        word = self.consumer.privacy_consent_ids.filtered(
            lambda word: word.purpose_id == self.newsletter
        )
        self.assertEqual(word.wording_lang, "fr_FR")

    def test_html_in_names_and_queries_is_text(self):
        attack = "<script>alert(1)</script>"
        self.newsletter.name = attack
        self.newsletter.description = attack
        for path in (f"{self.path}?done={attack}&lang={attack}", f"/privacy/subscribe?x={attack}"):
            page = self.get(path)
            self.assertFalse(page.xpath("//script[contains(text(), 'alert(1)')]"))

    def test_own_page_of_odoo_leads_here(self):
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": "[]",
            }
        )
        url = mailing._get_unsubscribe_url("lea@consent.test", self.consumer.id)
        path = "/" + url.split("/", 3)[3]
        for asked in (path, path.replace("confirm_unsubscribe", "unsubscribe")):
            page = self.get(asked)
            link = page.xpath("//a[starts-with(@href, '/privacy/preferences/')]/@href")
            self.assertTrue(link)
            self.get(link[0])

    def test_who_is_logged_in_gets_no_link_of_another_address(self):
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "body_html": "<p/>",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        self.authenticate(self.mailer.login, self.mailer.login)
        page = self.get(f"/mailing/{mailing.id}/confirm_unsubscribe?email={self.consumer.email}")
        link = page.xpath("//a[starts-with(@href, '/privacy/preferences/')]/@href")[0]
        _state, record = self.preferences._open(link.rsplit("/", 1)[1])
        self.assertEqual(record, self.mailer.partner_id)

    def test_requests(self):
        for kind in ("access", "rectification", "erasure"):
            page = self.post(f"{self.path}/request", type=kind, details="<b>Please</b>")
            self.assertIn("received your request", self.words(page))
        requests = self.env["crm.privacy.request"].search([("partner_id", "=", self.consumer.id)])
        self.assertEqual(set(requests.mapped("type")), {"access", "rectification", "erasure"})
        self.assertEqual(set(requests.mapped("state")), {"new"}, "the mailed link confirms")
        self.assertEqual(set(requests.mapped("source")), {"preference"})
        self.assertEqual(self.url_open(f"{self.path}/request?type=erasure").status_code, 405)
        self.post(f"{self.path}/request", 404, type="anything")

    def test_requests_are_limited(self):
        for _count in range(8):
            self.post(f"{self.path}/request", type="access")
        count = self.env["crm.privacy.request"].search_count(
            [("partner_id", "=", self.consumer.id)]
        )
        self.assertEqual(count, 5)

    def test_too_many_forms(self):
        for _count in range(30):
            self.env["crm.privacy.attempt"]._allow("link", self.path.rsplit("/", 1)[1])
        page = self.post(f"{self.path}/nothing", 429)
        self.assertIn("try again in an hour", self.words(page))
        self.assertFalse(self.consumer.privacy_consent_ids)
        self.assertEqual(self.refusals.search([], limit=1).reason, "too_many")


@tagged("post_install", "-at_install")
class TestSubscription(PublicPageCase):
    """Anybody may type any address: only who reads its mails can say yes for it."""

    def rows(self, email):
        return self.env["crm.privacy.subscription"].search([("email", "=", email)])

    def send_mails(self):
        # the server of the test has its own transaction, which may commit
        self.env.flush_all()
        with self.registry.cursor() as cr:
            self.env["crm.privacy.subscription"].with_env(self.env(cr=cr))._cron_send()
        self.env.invalidate_all()

    def subscribe(self, email, **values):
        return self.post("/privacy/subscribe", email=email, purpose=self.newsletter.id, **values)

    def confirm_path(self, email):
        return "/privacy/confirm/" + self.rows(email).confirm_url.rsplit("/", 1)[1]

    def test_subscribe_and_confirm(self):
        email = "new@consent.test"
        self.assertIn("mailbox", self.words(self.subscribe(email)))
        self.assertFalse(self.consents.search([("email_normalized", "=", email)]))
        self.send_mails()
        mail = self.env["mail.mail"].search([("email_to", "=", email)])
        self.assertIn("/privacy/confirm/", mail.body_html)
        path = self.confirm_path(email)
        page = self.get(path)
        self.assertIn(self.newsletter.wording_id.text, self.words(page))
        self.assertFalse(self.consents.search([("email_normalized", "=", email)]))
        page = self.post(path)
        word = self.consents.search([("email_normalized", "=", email)])
        self.assertEqual((word.event, word.source), ("confirmed", "form"))
        self.assertTrue(word.asked_date and word.url and word.wording_fingerprint)
        link = page.xpath("//a[contains(@href, '/privacy/preferences/')]/@href")[0]
        self.assertIn(f"{self.newsletter.id}-email", self.on(self.get(link)))
        self.assertIn("used before", self.words(self.post(path, 403)))
        self.assertEqual(self.refusals.search([], limit=1).reason, "used")
        self.assertEqual(len(self.consents.search([("email_normalized", "=", email)])), 1)

    def test_known_and_unknown_addresses_get_the_same_answer(self):
        pages = [
            self.words(self.post("/privacy/preferences", email=email))
            for email in ("lea@consent.test", "nobody@consent.test")
        ]
        self.assertEqual(pages[0], pages[1])
        pages = [self.words(self.subscribe(email)) for email in ("max@acme.test", "n@consent.test")]
        self.assertEqual(pages[0], pages[1])

    def test_link_is_mailed_to_who_we_know_only(self):
        for email in ("lea@consent.test", "nobody@consent.test"):
            self.post("/privacy/preferences", email=email)
        self.send_mails()
        mails = self.env["mail.mail"].search(
            [("email_to", "in", ("lea@consent.test", "nobody@consent.test"))]
        )
        self.assertEqual(mails.mapped("email_to"), ["lea@consent.test"])

    def test_no_more_than_some_mails_an_hour(self):
        for _count in range(5):
            self.subscribe("victim@consent.test")
        self.post(
            "/privacy/subscribe", 429, email="victim@consent.test", purpose=self.newsletter.id
        )
        self.assertEqual(len(self.rows("victim@consent.test")), 5)

    def test_programs_and_mistakes(self):
        self.subscribe("robot@consent.test", website="https://spam")
        self.assertFalse(self.rows("robot@consent.test"))
        self.assertIn("Please type", self.words(self.post("/privacy/subscribe", email="x@y.test")))
        self.assertIn("Please type", self.words(self.subscribe("no address")))
        self.assertIn("check it", self.words(self.post("/privacy/preferences", email="no")))
        page = self.post("/privacy/subscribe", email="x@y.test", purpose=self.service.id)
        self.assertIn("Please type", self.words(page), "nobody subscribes to a contract")

    def test_addresses_are_forgotten(self):
        self.subscribe("late@consent.test")
        row = self.rows("late@consent.test")
        self.env.cr.execute(
            "UPDATE crm_privacy_subscription SET create_date = create_date - interval '8 days'"
        )
        row.invalidate_recordset()
        path = self.confirm_path("late@consent.test")
        self.env["crm.privacy.subscription"]._gc_old()
        self.assertFalse(row.exists())
        self.assertIn("expired", self.words(self.get(path, 403)))


@tagged("post_install", "-at_install")
class TestFuzz(PublicPageCase):
    """Whatever a visitor sends, no page breaks, and nothing is noted that nobody said.

    FUZZ_REQUESTS in the environment sends more of them.
    """

    ALPHABET = string.printable + "éàü€\u202e\u0000漢"
    REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "600"))

    def nonsense(self, dice, most=80):
        return "".join(dice.choice(self.ALPHABET) for _char in range(dice.randint(0, most)))

    def some_token(self, dice):
        token = self.path.rsplit("/", 1)[1]
        # the last letter has bits that no byte takes: another letter may be the same token
        cut = dice.randrange(1, len(token) - 1)
        return dice.choice(
            (
                token[:cut],
                token + token[:cut],
                token[:cut] + ("A" if token[cut] != "A" else "B") + token[cut + 1 :],
                "".join(dice.choice(string.ascii_letters + "-_") for _char in range(120)),
                signed_link._sign(
                    self.env, "preferences", dice.choice(([], "x", [1, 2, 3], {}, 1)), 1
                ),
                signed_link._sign(self.env, "confirm", dice.choice(([], [0], ["x"], [[1]])), 1),
            )
        )

    def some_path(self, dice):
        token = self.some_token(dice)
        return dice.choice(
            (
                f"/privacy/preferences/{token}",
                f"/privacy/preferences/{token}/nothing",
                f"/privacy/preferences/{token}/request",
                f"/privacy/confirm/{token}",
                "/privacy/subscribe",
                "/privacy/preferences",
            )
        )

    def setUp(self):
        super().setUp()
        many = dict.fromkeys(crm_privacy_attempt.LIMITS, 1_000_000)
        self.startPatcher(patch.dict(crm_privacy_attempt.LIMITS, many))
        self.dice, self.form_token = random.Random(5), self.csrf()

    def visit(self, path, **fixed):
        """Open a page, or send it a form, with values that make no sense."""
        names = ("email", "lang", "purpose", "choice", "type", "details", "website", "done")
        values = {name: self.nonsense(self.dice) for name in self.dice.sample(names, 4)} | fixed
        if self.dice.random() < 0.5:
            response = self.url_open(path, data={**values, "csrf_token": self.form_token})
        else:
            response = self.opener.get(self.base_url() + path, params=values, timeout=20)
        self.assertLess(response.status_code, 500, (path, values))

    def test_nonsense(self):
        before = self.consents.search_count([])
        for _round in range(self.REQUESTS):
            self.visit(self.some_path(self.dice))
        self.assertEqual(self.consents.search_count([]), before)

    def test_nonsense_with_a_link_that_works(self):
        for _round in range(self.REQUESTS // 6):
            ending = self.dice.choice(("", "/request", "/nothing"))
            kind = self.dice.choice(("access", "erasure", "rectification", "\0", "x"))
            self.visit(f"{self.path}{ending}", type=kind)
