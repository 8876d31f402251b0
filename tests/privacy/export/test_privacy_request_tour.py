from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from ..common import PrivacyCase


@tagged("post_install", "-at_install")
class TestPrivacyRequestTour(PrivacyCase, HttpCase):
    """A visitor asks and confirms; the officer answers; the visitor downloads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.company_id.email = "privacy@company.example"
        cls.requests = cls.env["crm.privacy.request"]
        waiting = cls.requests.search([("closed_at", "=", False)])
        waiting.sudo().write({"state": "refused"})

    def _path(self, url):
        return "/privacy/" + url.partition("/privacy/")[2]

    def _asked(self, tour, email="nadia@person.example"):
        """Let the visitor ask and confirm; give the request."""
        self.start_tour("/privacy/request", tour)
        request = self.requests.search([("email", "=", email)])
        self.assertEqual((request.state, request.source), ("new", "form"))
        self.start_tour(self._path(request.confirm_url), "crm_lifecycle_privacy_visitor_confirms")
        request.invalidate_recordset()
        self.assertEqual(request.state, "verified")
        return request

    def _as_officer(self, tour):
        self.start_tour("/odoo/privacy-requests", tour, login="lifecycle_officer")
        self.env.invalidate_all()

    def test_access_from_the_form_to_the_download(self):
        self._contact(name="Nadia Visitor", email="nadia@person.example")
        request = self._asked("crm_lifecycle_privacy_visitor_asks")

        self.start_tour(
            "/odoo/privacy-requests",
            "crm_lifecycle_privacy_officer_answers",
            login="lifecycle_officer",
        )
        request.invalidate_recordset()
        self.assertEqual((request.state, request.copy_state), ("approved", "running"))
        while request.copy_state == "running":
            todo = request.part_ids.filtered(lambda part: part.state == "todo")
            request._copy_step(todo[:1])

        self.start_tour(
            "/odoo/privacy-requests",
            "crm_lifecycle_privacy_officer_delivers",
            login="lifecycle_officer",
        )
        request.invalidate_recordset()
        self.assertEqual((request.state, request.copy_state), ("done", "delivered"))
        page = self.url_open(self._path(request.archive_url))
        self.assertIn("Download my data", page.text)

    def test_erasure_from_the_form_to_the_report(self):
        person = self._contact(name="Noemie Leaver", email="noemie@leaver.example")
        lead = self._lead(name="Tour of Noemie Leaver", partner_id=person.id)
        request = self._asked("crm_lifecycle_privacy_visitor_leaves", "noemie@leaver.example")

        self._as_officer("crm_lifecycle_privacy_officer_erases")
        self.assertEqual(request.state, "approved")
        self.assertEqual((person.email, lead.email_from), (False, False))
        # it commits, which a test of pages may not
        with patch.object(self.env.registry["ir.attachment"], "_gc_file_store"):
            while request.erasure_state in ("running", "files"):
                request.sudo()._background_step()
        request.sudo().scan_id._run()
        left = request.sudo().scan_id.hit_ids.filtered("blocking")
        left = left.mapped(lambda hit: (hit.place, hit.res_id, hit.kind_codes))
        self.assertEqual((left, request.state), ([], "done"))
        self.assertFalse(request.email)

        self._as_officer("crm_lifecycle_privacy_officer_reports")
        entry = self.env["crm.privacy.erasure.entry"].search([("request_id", "=", request.id)])
        self.assertEqual(entry.user_id, self.officer)
