from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SegmentCase


@tagged("post_install", "-at_install")
class TestRfmSegment(SegmentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        policies = cls.env["crm.rfm.policy"]
        cls.policy = policies._default_for(cls.env.company) or policies.create(
            {"name": "RFM", "company_id": cls.env.company.id, "is_default": True}
        )
        cls.people = cls._people(2, is_company=True)
        cls.champions = cls.env["crm.rfm.segment"].search([("code", "=", "champions")])
        cls.env["crm.rfm.score"].create(
            [
                {
                    "policy_id": cls.policy.id,
                    "partner_id": person.id,
                    "r_score": 5,
                    "f_score": score,
                    "m_score": 5,
                    "cell": f"5{score}",
                    "code": f"5{score}5",
                    "value_tier": "high",
                    "segment_id": cls.champions.id if score == 5 else False,
                }
                for person, score in zip(cls.people, (5, 1), strict=True)
            ]
        )

    def saved(self, action):
        """Give the segment that an action opens."""
        self.assertEqual(action["res_model"], "crm.segment")
        return self.segments.browse(action["res_id"])

    def test_rfm_segment_is_kept_as_a_segment(self):
        champions = self.champions.with_user(self.marketing)
        segment = self.saved(champions.action_save_as_segment())
        self.assertIn(self.people[0], self.members(segment))
        self.assertNotIn(self.people[1], self.members(segment))
        self.assertEqual(segment.name, champions.name)
        self.assertEqual(self.saved(champions.action_save_as_segment()), segment)

    def test_cells_of_the_map(self):
        policy = self.policy.with_user(self.marketing)
        names = [action["name"] for action in policy._target_actions()]
        self.assertIn("segment", names)
        segment = self.saved(policy.run_target_action("segment", cells=["51"]))
        self.assertEqual(self.members(segment) & self.people, self.people[1])

    def test_of_a_company_among_others(self):
        self.env["res.company"].create({"name": "Elsewhere"})
        champions = self.champions.with_user(self.marketing)
        segment = self.saved(champions.action_save_as_segment())
        self.assertEqual(segment.company_id, self.policy.company_id)

    def test_salespeople_save_none(self):
        policy = self.policy.with_user(self.salesman)
        self.assertNotIn("segment", [action["name"] for action in policy._target_actions()])
        with self.assertRaises(AccessError):
            self.champions.with_user(self.salesman).action_save_as_segment()
