from odoo.tests import tagged

from .common import ScoringCase


@tagged("post_install", "-at_install")
class TestMerge(ScoringCase):
    """A merge keeps one score, and all of the history."""

    def setUp(self):
        super().setUp()
        for target in ("crm.lead", "res.partner"):
            self._rule(target=target, event="clicked", points=20)
            self.env["crm.score.policy"]._for(target).write({"rest_mails": 1, "rest_months": 0})

    def _check(self, kept, clicks):
        subject = kept._score_subject
        rows = self.env["crm.score"].search([(subject, "=", kept.id)])
        self.assertEqual(len(rows), 1)
        self.assertEqual(kept.score_engagement, 20 * clicks)
        self.assertGreaterEqual(len(self._history(kept)), 2)
        rests = self.env["crm.score.rest"].search([(subject, "=", kept.id)])
        self.assertEqual(len(rests), 2)
        self.assertLessEqual(len(rests.filtered(lambda rest: not rest.end_date)), 1)

    def _put_to_rest(self, records):
        for record in records:
            self._touch(record, event="sent", days=3)
        policy = self.env["crm.score.policy"]._for(records._name)
        policy._refresh_rest()
        self.assertTrue(all(record.is_at_rest for record in records))
        for record in records:
            self._touch(record, days=2)
        records._refresh_scores()

    def test_contacts(self):
        values = {"email": "same@example.com", "lifecycle_stage_id": self.lead.id}
        people = self._contact(**values) | self._contact(**values)
        self._put_to_rest(people)
        kept, merged = people
        self.env["base.partner.merge.automatic.wizard"]._merge(people.ids, kept)
        self.assertFalse(merged.exists())
        self._check(kept, 2)

    def test_contacts_of_which_only_the_merged_one_has_a_score(self):
        people = self._contact() | self._contact(lifecycle_stage_id=self.lead.id)
        people._refresh_scores()
        self.env["base.partner.merge.automatic.wizard"]._merge(people.ids, people[0])
        self.assertEqual(self.env["crm.score"].search_count([("partner_id", "=", people[0].id)]), 1)

    def test_leads(self):
        leads = self._lead() | self._lead()
        self._put_to_rest(leads)
        merged = leads.with_user(self.marketing).merge_opportunity()
        self._check(merged, 2)

    def test_deleted_records_take_their_scores_along(self):
        lead, contact = self._lead(), self._contact(lifecycle_stage_id=self.lead.id)
        lead._refresh_scores()
        contact._refresh_scores()
        lead.unlink()
        contact.unlink()
        for model in ("crm.score", "crm.score.history"):
            domain = ["|", ("lead_id", "=", lead.id), ("partner_id", "=", contact.id)]
            self.assertFalse(self.env[model].search_count(domain))
