from odoo.tests import HttpCase, tagged

from ..common import PrivacyCase


@tagged("post_install", "-at_install")
class TestPrivacyRequestTour(PrivacyCase, HttpCase):
    """A visitor asks and confirms; the officer answers; the visitor downloads."""

    def _path(self, url):
        return "/privacy/" + url.partition("/privacy/")[2]

    def test_access_from_the_form_to_the_download(self):
        self.env.user.company_id.email = "privacy@company.example"
        self._contact(name="Tour Person", email="tour@person.example")
        requests = self.env["crm.privacy.request"]
        requests.search([("closed_at", "=", False)]).sudo().write({"state": "refused"})
        self.start_tour("/privacy/request", "crm_lifecycle_privacy_visitor_asks")
        request = requests.search([("email", "=", "tour@person.example")])
        self.assertEqual((request.state, request.source), ("new", "form"))

        link = self._path(request.confirm_url)
        self.start_tour(link, "crm_lifecycle_privacy_visitor_confirms")
        request.invalidate_recordset()
        self.assertEqual(request.state, "verified")

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
