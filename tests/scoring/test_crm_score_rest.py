from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import NOW, ScoringCase


@tagged("post_install", "-at_install")
class TestRest(ScoringCase):
    """Who never reacts is put to rest; who reacts, or is woken by hand, is not any more."""

    def setUp(self):
        super().setUp()
        self.partner_policy.write({"rest_mails": 3, "rest_months": 2})
        self.contact = self._contact(name="Silent", lifecycle_stage_id=self.lead.id)

    def _mails(self, record, *days):
        for day in days:
            self._touch(record, event="sent", days=day)

    def _rest(self, days=0):
        with freeze_time(NOW + timedelta(days=days)):
            return self.partner_policy._refresh_rest()

    def test_enough_mails_for_long_enough(self):
        active = self._contact(lifecycle_stage_id=self.lead.id)
        few = self._contact(lifecycle_stage_id=self.lead.id)
        fresh = self._contact(lifecycle_stage_id=self.lead.id)
        self._mails(self.contact, 90, 60, 30)
        self._touch(self.contact, event="opened", days=20)
        self._touch(self.contact, event="clicked", days=20, is_bot=True)
        self._mails(active, 90, 60, 30)
        self._touch(active, event="clicked", days=50)
        self._mails(few, 90, 60)
        self._mails(fresh, 50, 40, 30)
        _woken, resting = self._rest()
        self.assertEqual(resting, self.contact)
        self.assertTrue(self.contact.is_at_rest)
        found = self.env["res.partner"].search([("is_at_rest", "=", True)])
        self.assertEqual(found & (self.contact | active | few | fresh), self.contact)
        rest = self.env["crm.score.rest"].search([("partner_id", "=", self.contact.id)])
        self.assertEqual((rest.mails, rest.silent_since.date()), (3, (NOW - timedelta(90)).date()))
        self.assertEqual(rest.action_open_record()["res_id"], self.contact.id)
        self.assertEqual(self._rest(), (self.env["res.partner"], self.env["res.partner"]))

    def test_a_reaction_ends_it(self):
        self._mails(self.contact, 90, 60, 30)
        self._rest()
        self._touch(self.contact, event="replied", days=-1)
        woken, _resting = self._rest(days=2)
        self.assertEqual(woken, self.contact)
        self.assertFalse(self.contact.is_at_rest)
        rest = self.env["crm.score.rest"].search([("partner_id", "=", self.contact.id)])
        self.assertEqual(rest.end_cause, "reaction")

    def test_woken_by_hand_only_new_mails_count(self):
        self._mails(self.contact, 90, 60, 30)
        self._rest()
        self.contact.with_user(self.salesman).action_score_wake()
        rest = self.env["crm.score.rest"].search([("partner_id", "=", self.contact.id)])
        self.assertEqual((rest.end_cause, rest.end_user_id), ("manual", self.salesman))
        self.assertFalse(self.contact.is_at_rest)
        self._rest()
        self.assertFalse(self.contact.is_at_rest)
        self._mails(self.contact, -10, -20, -30)
        self._rest(days=40)
        self.assertFalse(self.contact.is_at_rest, "not for long enough")
        self._rest(days=90)
        self.assertTrue(self.contact.is_at_rest)

    def test_wake_from_the_list(self):
        self._mails(self.contact, 90, 60, 30)
        self._rest()
        rest = self.env["crm.score.rest"].search([("partner_id", "=", self.contact.id)])
        with self.assertRaises(AccessError):
            rest.with_user(self.employee).action_wake()
        rest.with_user(self.salesman).action_wake()
        self.assertFalse(self.contact.is_at_rest)

    def test_nobody_where_it_is_switched_off(self):
        self.partner_policy.rest_mails = 0
        self._mails(self.contact, 90, 60, 30)
        self.assertFalse(self._rest()[1])

    def test_leads_have_a_rest_of_their_own(self):
        lead = self._lead()
        self.lead_policy.write({"rest_mails": 1, "rest_months": 0})
        self._mails(lead, 5)
        self.lead_policy._refresh_rest()
        self.assertTrue(lead.is_at_rest)
        lead._refresh_scores()
        self.assertTrue(lead.get_lifecycle_summary()["score"]["is_at_rest"])
