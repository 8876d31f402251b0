from unittest.mock import patch

from odoo.fields import Domain
from odoo.tests import tagged

from .common import ConsentCase


@tagged("post_install", "-at_install")
class TestProfiling(ConsentCase):
    """Who objected, or asked for a restriction, is in no score, figure or segment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"]
        stage = cls.env.ref("crm_lifecycle.stage_customer")
        cls.people = cls.consumer | cls.professional
        for person in cls.people:
            person._lifecycle_move(stage, "manual")

    def kept(self):
        return self.people.filtered_domain(self.partners._profiling_domain())

    def test_nobody_objects(self):
        self.assertIs(self.partners._profiling_domain(), Domain.TRUE)
        with self.assertQueryCount(0):
            self.partners._profiling_domain()

    def test_objection_to_profiling(self):
        self.says(self.consumer, "withdrawn", self.profiling, None)
        self.assertEqual(self.kept(), self.professional)
        found = self.partners.search(
            Domain("id", "in", self.people.ids) & self.partners._profiling_domain()
        )
        self.assertEqual(found, self.professional)
        self.says(self.consumer, "granted", self.profiling, None)
        self.assertEqual(self.kept(), self.people)

    def test_objection_to_everything(self):
        self.consumer._privacy_object()
        self.assertEqual(self.kept(), self.professional)

    def test_objection_to_mails_is_not_one(self):
        self.env["mail.blacklist"]._add(self.consumer.email)
        self.says(self.consumer, "withdrawn", self.newsletter, None)
        self.assertEqual(self.kept(), self.people)

    def test_restriction(self):
        self.consumer.privacy_restricted = True
        self.assertEqual(self.kept(), self.professional)

    def test_objection_reaches_all_records_of_the_address(self):
        twin = self._contact(name="Lea", email="lea@consent.test")
        lead = self._lead(email_from="lea@consent.test")
        of_contact = self._lead(partner_id=self.consumer.id)
        of_contact.email_from = False
        self.consumer._privacy_object()
        for record in (twin, lead, of_contact):
            self.assertTrue(record.privacy_unprofiled)

    def test_who_comes_again_is_recognised(self):
        self.consumer._privacy_object()
        lead = self._lead(email_from="Lea <lea@consent.test>")
        other = self._lead(email_from="other@consent.test")
        self.assertTrue(lead.privacy_unprofiled)
        self.assertFalse(other.privacy_unprofiled)
        other.email_from = "lea@consent.test"
        self.assertTrue(other.privacy_unprofiled)
        self.says(self.consumer, "granted", self.profiling, None)
        self.assertFalse(lead.privacy_unprofiled or other.privacy_unprofiled)

    def test_creating_asks_nothing_while_nobody_objects(self):
        values = [{"name": "Lead", "email_from": f"n{number}@consent.test"} for number in range(9)]
        self.env["crm.lead"].create(values)
        self.env.flush_all()
        with patch.object(
            self.registry["crm.privacy.consent"],
            "_objecting_addresses",
            side_effect=AssertionError,
        ):
            self.env["crm.lead"].create(values)

    def test_segment_of_leads(self):
        leads = self._lead(email_from="a@consent.test") | self._lead(email_from="b@consent.test")
        segment = self.env["crm.segment"].create(
            {
                "name": "Leads",
                "model": "crm.lead",
                "kind": "dynamic",
                "domain": repr([("id", "in", leads.ids)]),
            }
        )
        leads[0]._privacy_object()
        self.assertTrue(leads[0].privacy_unprofiled)
        self._lead(partner_id=self.consumer.id).partner_id._privacy_object()
        segment._refresh()
        self.assertFalse(segment.error)
        self.assertEqual(segment.member_count, 1)

    def test_scores_of_contacts_and_leads(self):
        lead = self._lead(email_from="alone@consent.test")
        both = self._lead(partner_id=self.consumer.id)
        records = self.env["crm.score"]
        self.people._refresh_scores()
        (lead | both)._refresh_scores()
        self.assertEqual(records.search_count([("lead_id", "in", (lead | both).ids)]), 2)
        lead.privacy_restricted = True
        self.consumer._privacy_object()
        self.env["crm.score.policy"]._refresh_all()
        self.assertFalse(records.search([("lead_id", "in", (lead | both).ids)]))
        scored = records.search([("partner_id", "in", self.people.ids)])
        self.assertEqual(scored.partner_id, self.professional)

    def test_segments(self):
        segment = self.env["crm.segment"].create(
            {
                "name": "All",
                "model": "res.partner",
                "kind": "dynamic",
                "domain": repr([("id", "in", self.people.ids)]),
            }
        )
        segment._refresh()
        self.assertEqual(segment.member_count, 2)
        self.consumer._privacy_object()
        segment._refresh()
        members = self.env["crm.segment.member"].search(
            [("segment_id", "=", segment.id), ("left_at", "=", False)]
        )
        self.assertEqual(members.partner_id, self.professional)
