from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RequestCase


@tagged("post_install", "-at_install")
class TestCrmPrivacyRequestObjection(RequestCase):
    """Restriction and objection."""

    def _restricted(self):
        request = self._verified(type="restriction")
        request.action_approve()
        request.action_run()
        return request

    def test_restriction_of_contact_and_leads(self):
        lead = self._lead(name="Quote", partner_id=self.zoe.id)
        bystander = self._contact(name="Zoé Quenneville", email="zoe@elsewhere.example")
        self._restricted()
        self.assertTrue(self.zoe.privacy_restricted and lead.privacy_restricted)
        self.assertFalse(bystander.privacy_restricted)

    def test_restriction_ends_with_a_reason_and_a_mail(self):
        request = self._restricted()
        with self.assertRaises(UserError):
            request._lift("")
        request._lift("The data are corrected.")
        self.assertFalse(self.zoe.privacy_restricted)
        self.assertIn("The data are corrected.", self._mails(request)[-1].body_html)
        with self.assertRaisesRegex(UserError, "restricts nothing"):
            request._lift("Again")

    def test_another_restriction_goes_on(self):
        first, second = self._restricted(), self._restricted()
        first._lift("Done")
        self.assertTrue(self.zoe.privacy_restricted)
        second._lift("Done")
        self.assertFalse(self.zoe.privacy_restricted)

    def test_nobody_known_cannot_be_restricted(self):
        request = self._request(type="restriction", partner_id=False, email="no@body.example")
        request.action_verify()
        with self.assertRaisesRegex(UserError, "No record"):
            request.action_approve()

    def test_objection_reaches_contact_and_leads(self):
        self._lead(name="Quote", partner_id=self.zoe.id)
        request = self._verified(type="objection")
        request.action_approve()
        seen = []

        def note(records, *_args, **_kwargs):
            seen.append(records._name)

        for model in ("res.partner", "crm.lead"):
            self.patch(type(self.env[model]), "_privacy_object", note)
        request.action_run()
        self.assertEqual(sorted(seen), ["crm.lead", "res.partner"])
        self.assertEqual(request.state, "done")
