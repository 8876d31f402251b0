from datetime import datetime

from odoo.tests import tagged

from ..common import LifecycleCase


@tagged("post_install", "-at_install")
class TestMerge(LifecycleCase):
    def test_merge_of_contacts_keeps_all_moves_and_the_furthest_stage(self):
        first = self._contact(email="a@example.com", lifecycle_stage_id=self.suspect.id)
        second = self._contact(email="a@example.com", lifecycle_stage_id=self.lead.id)
        second.lifecycle_stage_id = self.customer
        moves = first.lifecycle_transition_ids | second.lifecycle_transition_ids
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((first | second).ids, first)
        self.assertFalse(second.exists())
        self.assertEqual(first.lifecycle_stage_id, self.customer)
        self.assertLessEqual(moves, first.lifecycle_transition_ids)
        last = self.moves(first)[-1]
        self.assertEqual((last.cause, last.to_stage_id), ("merge", self.customer))

    def test_merge_into_the_furthest_adds_no_move(self):
        first = self._contact(lifecycle_stage_id=self.customer.id)
        second = self._contact(lifecycle_stage_id=self.suspect.id)
        since = first.lifecycle_date
        self.env["base.partner.merge.automatic.wizard"]._merge((first | second).ids, first)
        self.assertEqual(first.lifecycle_stage_id, self.customer)
        self.assertEqual(first.lifecycle_date, since)
        self.assertEqual(len(first.lifecycle_transition_ids), 2)

    def test_merge_of_a_contact_without_stage(self):
        first, second = self._contact(), self._contact(lifecycle_stage_id=self.mql.id)
        self.env["base.partner.merge.automatic.wizard"]._merge((first | second).ids, first)
        self.assertEqual(first.lifecycle_stage_id, self.mql)
        self.assertEqual(first.lifecycle_kind, "lead")
        self.assertTrue(first.lifecycle_date)

    def test_merge_of_leads_keeps_all_moves_and_the_furthest_stage(self):
        first, second = self._lead(), self._lead()
        second.lifecycle_stage_id = self.customer
        moves = first.lifecycle_transition_ids | second.lifecycle_transition_ids
        merged = (first | second).with_user(self.marketing).merge_opportunity()
        self.assertEqual(merged.lifecycle_stage_id, self.customer)
        self.assertLessEqual(moves, merged.lifecycle_transition_ids)
        self.assertFalse(((first | second) - merged).exists())

    def test_merge_keeps_the_time_in_the_stage(self):
        since = datetime(2026, 3, 1, 9)
        values = {"lifecycle_stage_id": self.mql.id, "lifecycle_date": since}
        first, second = self._lead(lifecycle_stage_id=self.suspect.id), self._lead(**values)
        self.env.cr.execute(
            "UPDATE crm_lead SET lifecycle_date = '2026-01-01' WHERE id = %s", [first.id]
        )
        first.invalidate_recordset()
        merged = (first | second).merge_opportunity()
        self.assertEqual((merged.lifecycle_stage_id, merged.lifecycle_date), (self.mql, since))

    def test_who_has_bought_once_is_no_suspect(self):
        first = self._contact(lifecycle_stage_id=self.suspect.id)
        second = self._contact(lifecycle_stage_id=self.former.id)
        self.env["base.partner.merge.automatic.wizard"]._merge((first | second).ids, first)
        self.assertEqual(first.lifecycle_stage_id, self.former)
