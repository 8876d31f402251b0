import random
import re
from urllib.parse import quote

from freezegun import freeze_time

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import RequestCase

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
LINK = re.compile(r'href="([^"]*/privacy/request/[^"]*)"')
WERKZEUG = "odoo.http", "werkzeug"


@tagged("post_install", "-at_install")
class TestPrivacyRequestPages(RequestCase, HttpCase):
    """The public form, the link to confirm, the link to download: without login or script."""

    def _csrf(self, url="/privacy/request"):
        return TOKEN.search(self.url_open(url).text)[1]

    def _send(self, **values):
        data = {"csrf_token": self._csrf(), "type": "access", "email": "zoe@quenneville.example"}
        return self.url_open("/privacy/request", data={**data, **values}, allow_redirects=False)

    def _said(self, answer):
        """Give what a page says, without the tokens around it that change every second."""
        return answer.text.partition("<h1")[2].rpartition("</p>")[0]

    def _last(self):
        return self.env["crm.privacy.request"].search([], order="id desc", limit=1)

    def _count(self):
        return self.env["crm.privacy.request"].search_count([])

    def _path(self, url):
        return "/privacy/" + url.partition("/privacy/")[2]

    def _confirmable(self):
        request = self.env["crm.privacy.request"]._receive(
            {"type": "access", "email": "zoe@quenneville.example"}
        )
        self.env.flush_all()
        return request, self._path(request.confirm_url)

    def test_visitor_asks_and_confirms(self):
        answer = self._send(details="<b>My</b> data")
        self.assertIn("look into your mailbox", answer.text)
        request = self._last()
        self.assertEqual((request.state, request.source), ("new", "form"))
        self.assertFalse(request.partner_id)
        link = self._path(LINK.search(self._mails(request).body_html)[1])
        page = self.url_open(link)
        self.assertIn("Yes, it was me", page.text)
        self.assertEqual(request.state, "new")
        done = self.url_open(link, data={"csrf_token": TOKEN.search(page.text)[1]})
        self.assertIn("is confirmed", done.text)
        request.invalidate_recordset()
        self.assertEqual((request.state, request.verified_by), ("verified", "link"))

    def test_known_and_unknown_look_the_same(self):
        known = self._send(email="zoe@quenneville.example")
        unknown = self._send(email="nobody@unknown.example")
        self.assertEqual(self._said(known), self._said(unknown))
        self.assertEqual(known.headers["Content-Length"], unknown.headers["Content-Length"])
        last = self.env["crm.privacy.request"].search([], order="id desc", limit=2)
        self.assertEqual(
            set(last.mapped("email")), {"zoe@quenneville.example", "nobody@unknown.example"}
        )

    def test_known_and_unknown_cost_the_same(self):
        def cost(email):
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            self.env["crm.privacy.request"]._receive({"type": "access", "email": email})
            self.env.flush_all()
            return self.cr.sql_log_count - start

        cost("first@warm.example")
        self.assertEqual(cost("zoe@quenneville.example"), cost("nobody@unknown.example"))

    def test_bad_input_is_explained(self):
        before = self._count()
        answer = self._send(email="not an address")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("valid e-mail address", answer.text)
        self.assertIn("what is right", self._send(type="rectification").text)
        self.assertEqual(self._count(), before)

    def test_what_was_typed_is_no_html(self):
        answer = self._send(email="bad", details='</textarea><script>alert("x")</script>')
        self.assertNotIn('<script>alert("x")', answer.text)
        self.assertIn("&lt;script&gt;", answer.text)

    def test_programs_fall_into_the_trap(self):
        before = self._count()
        answer = self._send(website="https://spam.example")
        self.assertIn("look into your mailbox", answer.text)
        self.assertEqual(self._count(), before)

    @mute_logger(*WERKZEUG)
    def test_without_token_nothing_is_made(self):
        before = self._count()
        answer = self.url_open("/privacy/request", data={"type": "access", "email": "a@b.example"})
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(self._count(), before)

    def test_one_address_gets_few_mails_and_the_same_answer(self):
        texts = {self._said(self._send(email="victim@flood.example")) for _n in range(8)}
        self.assertEqual(len(texts), 1)
        found = self.env["crm.privacy.request"].search_count(
            [("email", "=", "victim@flood.example")]
        )
        self.assertLess(found, 8)

    def test_one_network_sends_no_flood(self):
        token = self._csrf()
        for number in range(80):
            answer = self.url_open(
                "/privacy/request",
                data={"csrf_token": token, "email": f"f{number}@flood.example", "website": "x"},
            )
        self.assertEqual(answer.status_code, 429)
        self.assertIn("try again in an hour", answer.text)

    def test_a_link_works_once(self):
        request, link = self._confirmable()
        token = TOKEN.search(self.url_open(link).text)[1]
        self.url_open(link, data={"csrf_token": token})
        again = self.url_open(link, data={"csrf_token": token})
        self.assertIn("confirmed before", again.text)
        self.assertIn("confirmed before", self.url_open(link).text)
        verified = [mail for mail in self._mails(request) if "working on" in mail.subject]
        self.assertEqual(len(verified), 1)

    def test_a_link_expires_politely(self):
        request, link = self._confirmable()
        with freeze_time("2099-01-01"):
            answer = self.url_open(link)
        self.assertEqual(answer.status_code, 410)
        self.assertIn("has expired", answer.text)
        self.assertEqual(request.state, "new")

    def test_altered_links_are_refused_with_a_trace(self):
        _request, link = self._confirmable()
        before = self.env["crm.privacy.refusal"].search_count([("page", "=", "request")])
        for bad in (link[:-2], link + "x", "/privacy/request/confirm/%C3%A9", link[:40]):
            answer = self.url_open(bad)
            self.assertEqual(answer.status_code, 404, bad)
            self.assertIn("does not work", answer.text)
        after = self.env["crm.privacy.refusal"].search_count([("page", "=", "request")])
        self.assertEqual(after - before, 4)

    def test_a_link_of_a_former_address_is_worth_nothing(self):
        request, link = self._confirmable()
        request.email = "other@elsewhere.example"
        self.env.flush_all()
        self.assertEqual(self.url_open(link).status_code, 404)

    def test_a_link_to_confirm_is_none_to_download(self):
        _request, link = self._confirmable()
        self.assertEqual(self.url_open(link.replace("/confirm/", "/archive/")).status_code, 404)

    def test_pages_are_kept_by_no_cache(self):
        _request, link = self._confirmable()
        for url in ("/privacy/request", link):
            headers = self.url_open(url).headers
            self.assertEqual(headers["Cache-Control"], "no-store")
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
            self.assertEqual(headers["X-Frame-Options"], "DENY")

    def test_the_form_offers_the_type_of_the_link(self):
        page = self.url_open("/privacy/request?type=erasure").text
        self.assertRegex(page, r'value="erasure"\s+checked|checked="[^"]*"[^>]*value="erasure"')

    @mute_logger(*WERKZEUG)
    def test_nothing_breaks_the_pages(self):
        chance = random.Random(5)
        letters = "aé<>&\"'{}%\\/\0\x1b\u202e\U0001f600 @.;=-_?#\n\r\t"
        token = self._csrf()
        self.patch(type(self.env["crm.privacy.attempt"]), "_allow", lambda *_args: True)
        for _round in range(120):
            noise = "".join(chance.choice(letters) for _n in range(chance.randrange(1, 60)))
            names = ["type", "email", "name", "details", "website", "lang", noise[:5]]
            data = {chance.choice(names): noise for _n in range(4)}
            answer = self.url_open("/privacy/request", data={**data, "csrf_token": token})
            self.assertLess(answer.status_code, 500, data)
            # with a slash it is no page of ours, and Odoo answers
            path = quote(noise.replace("/", ""), safe="")
            for page in ("confirm", "archive"):
                answer = self.url_open(f"/privacy/request/{page}/{path}")
                self.assertLess(answer.status_code, 500, path)

    def test_the_register_is_for_officers(self):
        request = self._request()
        self.authenticate("lifecycle_officer", "lifecycle_officer")
        answer = self.url_open("/privacy/request/register.csv")
        self.assertIn(request.name, answer.text)
        self.authenticate("lifecycle_salesman", "lifecycle_salesman")
        with mute_logger("odoo.http"):
            answer = self.url_open("/privacy/request/register.csv")
        self.assertNotIn(request.name, answer.text)
        self.assertGreaterEqual(answer.status_code, 400)
