import io
import json
import re
import zipfile
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..request.common import RequestCase

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class CopyCase(RequestCase):
    """A person with records, and somebody else who is named in them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bob = cls._contact(name="Bob Bystander", email="bob@bystander.example")
        cls.zoe.comment = "<p>Knows bob@bystander.example well</p>"
        cls.lead = cls._lead(name="Three chairs", partner_id=cls.zoe.id)
        wish = "I want three chairs"
        cls.zoe.message_post(body=wish, author_id=cls.zoe.id, message_type="email")
        cls._say(cls.zoe, "I want three chairs")
        cls._say(cls.bob, "Zoé Quenneville pays late. Bob Bystander owes us 900 EUR.")
        cls.env["ir.attachment"].create(
            {
                "name": "letter of zoe.txt",
                "raw": b"Dear all",
                "res_model": "res.partner",
                "res_id": cls.zoe.id,
            }
        )

    @classmethod
    def _say(cls, author, text):
        """Let somebody write into the history of the contact."""
        kind = "email" if author == cls.zoe else "comment"
        cls.zoe.message_post(body=text, author_id=author.id, message_type=kind)

    def _approved(self, kind="access"):
        request = self._verified(type=kind)
        request.action_approve()
        return request

    def _made(self, kind="access"):
        """Run a request to the end of the copy, as the job does."""
        request = self._approved(kind)
        request.action_run()
        self._finish_copy(request)
        return request

    def _finish_copy(self, request):
        """Take the steps of the copy one after the other, as the job does."""
        request = request.sudo()
        while request.copy_state == "running":
            todo = request.part_ids.filtered(lambda part: part.state == "todo")
            request._copy_step(todo[:1])

    def _content(self, request):
        """Give the archive, and its JSON."""
        archive = zipfile.ZipFile(io.BytesIO(request.sudo().archive_id.raw))
        return archive, json.loads(archive.read("data.json"))


@tagged("post_install", "-at_install")
class TestCopyOfData(CopyCase):
    """The copy that an access or portability request gets."""

    def test_everything_of_the_person_is_in_it(self):
        request = self._made()
        self.assertEqual((request.copy_state, request.state), ("ready", "approved"))
        archive, content = self._content(request)
        names = archive.namelist()
        self.assertIn("index.html", names)
        self.assertTrue(any(name.startswith("files/") and "letter" in name for name in names))
        self.assertEqual(content["data"]["identity"]["res.partner"][0]["name"], "Zoé Quenneville")
        self.assertEqual(content["data"]["opportunity"]["crm.lead"][0]["name"], "Three chairs")
        page = archive.read("index.html").decode()
        for words in ("Zoé Quenneville", "I want three chairs", "Your rights", "CNIL"):
            self.assertIn(words, page)

    def test_nothing_of_others_is_in_it(self):
        archive, _content = self._content(self._made())
        for name in ("index.html", "data.json"):
            text = archive.read(name).decode()
            self.assertNotIn("Bystander", text)
            self.assertNotIn("bob@", text)
            self.assertNotIn("900 EUR", text)
            self.assertIn("pays late", text)

    def test_no_secrets(self):
        user = self.env["res.users"].create(
            {
                "name": "Zoé Quenneville",
                "login": "zoe@quenneville.example",
                "partner_id": self.zoe.id,
            }
        )
        user.password = "CanaryPassword1"
        self.zoe.signup_prepare()
        _archive, content = self._content(self._made())
        text = json.dumps(content)
        self.assertNotIn("password", text.lower())
        self.assertNotIn("token", text.lower())

    def test_portability_has_only_what_the_person_provided(self):
        archive, content = self._content(self._made("portability"))
        self.assertNotIn("profile", content["data"])
        text = json.dumps(content, ensure_ascii=False)
        self.assertIn("I want three chairs", text)
        self.assertNotIn("pays late", text)
        self.assertNotIn("Knows", text)
        self.assertIn("csv/res.partner.csv", archive.namelist())

    def test_a_namesake_is_left_out(self):
        self._contact(name="Zoé Quenneville", email="other@zoe.example", city="Canarytown")
        _archive, content = self._content(self._made())
        self.assertEqual(len(content["data"]["identity"]["res.partner"]), 1)
        self.assertNotIn("Canarytown", json.dumps(content))

    def test_somebody_unknown_is_told_so(self):
        request = self._request(partner_id=False, email="nobody@unknown.example")
        request.action_verify()
        request.action_approve()
        request.action_run()
        self._finish_copy(request)
        archive, content = self._content(request)
        self.assertFalse({"identity", "opportunity"} & set(content["data"]))

    def test_in_the_language_of_the_person(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        field = self.env["ir.model.fields"]._get("res.partner", "phone")
        field.with_context(lang="fr_FR").field_description = "Téléphone (essai)"
        request = self._approved()
        request.lang = "fr_FR"
        request.action_run()
        self._finish_copy(request)
        archive, _content = self._content(request)
        self.assertIn("Téléphone (essai)", archive.read("index.html").decode())

    def test_killed_in_the_middle_it_goes_on(self):
        request = self._approved()
        request.action_run()
        request = request.sudo()
        for _step in range(5):
            todo = request.part_ids.filtered(lambda part: part.state == "todo")
            request._copy_step(todo[:1])
        done = request.part_ids.filtered(lambda part: part.state == "done")
        self.assertTrue(done)
        read = []
        part_type = type(self.env["crm.privacy.request.part"])
        origin = part_type._read_step

        def note(part):
            read.append(part.id)
            return origin(part)

        with patch.object(part_type, "_read_step", note), self.enter_registry_test_mode():
            self.env.ref("crm_lifecycle.ir_cron_privacy_copy").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(request.copy_state, "ready")
        self.assertFalse(set(done.ids) & set(read))

    def test_one_bad_part_does_not_stop_the_others(self):
        request = self._approved()
        request.action_run()
        place_type = type(self.env["crm.privacy.location"])
        origin = place_type._export_rows

        def fail(places, *args):
            if places[0].model == "crm.lead":
                raise ValueError("Broken")
            return origin(places, *args)

        request = request.sudo()
        with patch.object(place_type, "_export_rows", fail):
            self._finish_copy(request)
        self.assertEqual(request.copy_state, "failed")
        self.assertIn("Lead", request.copy_error)
        request.action_retry_copy()
        self._finish_copy(request)
        self.assertEqual(request.copy_state, "ready")

    def test_only_what_failed_is_tried_again(self):
        request = self._made()
        archive = request.archive_id
        request.action_retry_copy()
        self.assertEqual((request.copy_state, request.archive_id), ("ready", archive))

    def test_content_of_the_parts_is_not_kept(self):
        request = self._made()
        self.assertFalse(request.part_ids)

    def test_rows_are_read_set_based(self):
        places = self.env["crm.privacy.location"]
        places._discover()
        request = self._verified()
        identity = request.sudo()._identity()
        messages = places._export_places()["mail.message"]

        def cost(count):
            for number in range(count):
                self._say(self.zoe, f"Chair {number}")
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            messages._export_rows(identity, *messages._export_ids(identity))
            return self.cr.sql_log_count - start

        cost(1)
        self.assertEqual(cost(1), cost(60))

    def test_only_officers_read_it(self):
        request = self._made()
        archive = request.sudo().archive_id
        archive.with_user(self.officer).read(["raw"])
        for user in (self.salesman, self.marketing, self.employee):
            with self.assertRaises(AccessError):
                archive.with_user(user).read(["raw"])
        with self.assertRaises(AccessError):
            request.part_ids.with_user(self.officer).read(["content"])

    def test_not_delivered_before_it_is_ready(self):
        request = self._approved()
        with self.assertRaisesRegex(UserError, "not ready"):
            request.action_deliver()

    def test_it_is_deleted_when_its_time_is_over(self):
        request = self._made()
        request.action_deliver()
        self.assertEqual(request.state, "done")
        archive = request.sudo().archive_id
        request.sudo().archive_expires_at = fields.Datetime.now()
        self.env["crm.privacy.request"]._gc_archives()
        self.assertFalse(archive.exists())
        self.assertEqual(request.copy_state, "deleted")


@tagged("post_install", "-at_install")
class TestCopyDelivery(CopyCase, HttpCase):
    """The link to the copy."""

    def test_download_by_the_link_is_counted(self):
        request = self._made()
        request.action_deliver()
        self.env.flush_all()
        self.assertIn("archive", self._mails(request)[-1].body_html)
        link = "/privacy/" + request.sudo().archive_url.partition("/privacy/")[2]
        page = self.url_open(link)
        self.assertIn("Download my data", page.text)
        self.assertEqual(request.archive_downloads, 0)
        answer = self.url_open(link, data={"csrf_token": TOKEN.search(page.text)[1]})
        self.assertEqual(answer.headers["Content-Type"], "application/zip")
        self.assertIn("data.json", zipfile.ZipFile(io.BytesIO(answer.content)).namelist())
        request.invalidate_recordset()
        self.assertEqual(request.archive_downloads, 1)

    def test_after_its_time_the_page_says_so(self):
        request = self._made()
        request.action_deliver()
        link = "/privacy/" + request.sudo().archive_url.partition("/privacy/")[2]
        request.sudo().archive_expires_at = fields.Datetime.now()
        self.env.flush_all()
        answer = self.url_open(link)
        self.assertEqual(answer.status_code, 410)
        self.assertIn("no longer there", answer.text)

    @mute_logger("odoo.http")
    def test_not_by_the_number_of_the_file(self):
        request = self._made()
        url = f"/web/content/{request.sudo().archive_id.id}"
        self.assertEqual(self.url_open(url).status_code, 404)
        self.authenticate("lifecycle_salesman", "lifecycle_salesman")
        self.assertGreaterEqual(self.url_open(url).status_code, 400)
