from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RequestCase


@tagged("post_install", "-at_install")
class TestCrmPrivacyRequestEntry(RequestCase):
    """The button on a contact or lead."""

    def _entry(self, record, user):
        action = record.with_user(user).action_privacy_request()
        return self.env["crm.privacy.request.entry"].with_user(user).browse(action["res_id"])

    def test_salesperson_hands_over_and_sees_nothing(self):
        entry = self._entry(self.zoe, self.salesman)
        entry.write({"type": "erasure", "details": "She called"})
        answer = entry.action_hand_over()
        self.assertEqual(answer["tag"], "display_notification")
        request = self.env["crm.privacy.request"].search([], order="id desc", limit=1)
        self.assertEqual(
            (request.type, request.source, request.partner_id), ("erasure", "button", self.zoe)
        )
        self.assertTrue(self._mails(request))
        with self.assertRaises(AccessError):
            request.with_user(self.salesman).read(["state"])

    def test_from_a_lead(self):
        lead = self._lead(
            name="Quote", email_from="lea@lead.example", user_id=self.salesman.id, partner_id=False
        )
        self._entry(lead, self.salesman).action_hand_over()
        request = self.env["crm.privacy.request"].search([], order="id desc", limit=1)
        self.assertEqual((request.lead_id, request.email), (lead, "lea@lead.example"))

    def test_not_for_a_lead_of_somebody_else(self):
        lead = self._lead(name="Quote", user_id=self.colleague.id)
        with self.assertRaises(AccessError):
            self._entry(lead, self.salesman)
        entry = self._entry(self.zoe, self.salesman)
        entry.sudo().lead_id = lead
        with self.assertRaises(AccessError):
            entry.with_user(self.salesman).action_hand_over()

    def test_officer_goes_on_with_the_request(self):
        answer = self._entry(self.zoe, self.officer).action_hand_over()
        self.assertEqual(answer["res_model"], "crm.privacy.request")

    def test_others_have_no_button(self):
        with self.assertRaises(AccessError):
            self._entry(self.zoe, self.employee)

    def test_merged_leads_keep_their_requests(self):
        first = self._lead(name="Quote", email_from="lea@lead.example", type="opportunity")
        second = self._lead(name="Quote again", email_from="lea@lead.example", type="opportunity")
        request = self._request(partner_id=False, lead_id=second.id, email="lea@lead.example")
        kept = (first | second).merge_opportunity()
        self.assertEqual(request.lead_id, kept)
