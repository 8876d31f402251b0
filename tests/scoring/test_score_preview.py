from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import ScoringCase


@tagged("post_install", "-at_install")
class TestPreview(ScoringCase):
    """What unsaved rules and thresholds would change; nothing is written."""

    def setUp(self):
        super().setUp()
        # of the leads that the database has besides, none counts
        self.env.cr.execute("UPDATE crm_lead SET active = FALSE")
        self.env.invalidate_all()
        self.rule = self._rule(domain="[('city', '=', 'Lyon')]", points=50)
        self.leads = self.env["crm.lead"].create(
            [{"name": town, "city": town} for town in ("Lyon", "Lyon", "Paris")]
        )
        self.policy = self.env["crm.score.policy"].with_user(self.manager)
        self.lead_policy._refresh()

    def _preview(self, source, record, changes):
        return self.policy.get_score_preview(source, record.id, changes)

    def test_a_changed_rule(self):
        preview = self._preview("crm.score.rule", self.rule, {"points": 80})
        self.assertEqual(
            preview["before"]["temperatures"], {"hot": 0, "warm": 2, "cold": 0, "junk": 1}
        )
        self.assertEqual(
            preview["after"]["temperatures"], {"hot": 2, "warm": 0, "cold": 0, "junk": 1}
        )
        self.assertEqual(preview["before"]["histogram"], [1, 0, 0, 0, 0, 2, 0, 0, 0, 0])
        self.assertEqual(preview["moves"], [{"before": "warm", "after": "hot", "count": 2}])
        self.assertEqual((self.rule.points, self.leads[0].score), (50, 50), "nothing is saved")

    def test_a_new_rule_and_one_that_is_switched_off(self):
        new = {
            "name": "Paris",
            "target": "crm.lead",
            "component": "fit",
            "kind": "domain",
            "domain": "[('city', '=', 'Paris')]",
            "points": 45,
            "active": True,
        }
        preview = self._preview("crm.score.rule", self.rules, new)
        self.assertEqual(preview["after"]["temperatures"]["warm"], 3)
        preview = self._preview("crm.score.rule", self.rule, {"active": False})
        self.assertEqual(preview["after"]["temperatures"]["junk"], 3)
        click = {**new, "kind": "touchpoint", "component": "engagement", "event": "clicked"}
        self._touch(self.leads[2])
        preview = self._preview("crm.score.rule", self.rules, click)
        self.assertEqual(preview["after"]["count"], 3)

    def test_changed_thresholds_and_weights(self):
        preview = self._preview("crm.score.policy", self.lead_policy, {"hot_from": 45})
        self.assertEqual(preview["after"]["temperatures"]["hot"], 2)
        self.assertEqual([t[2] for t in preview["thresholds"]], [70, 45])
        with self.assertRaises(ValidationError):
            self._preview("crm.score.policy", self.lead_policy, {"warm_from": 90})

    def test_records_behind_the_numbers(self):
        action = self.policy.action_open_preview(
            "crm.score.rule", self.rule.id, {"points": 80}, "hot"
        )
        self.assertEqual(self.env["crm.lead"].search(action["domain"]), self.leads[:2])

    def test_a_filter_that_cannot_be_used_says_so(self):
        with self.assertRaisesRegex(ValidationError, "cannot be used"):
            self._preview("crm.score.rule", self.rule, {"domain": "[('nothing', '=', 1)]"})

    def test_only_who_may_change_the_rules(self):
        for user in (self.salesman, self.marketing, self.employee):
            policy = self.env["crm.score.policy"].with_user(user)
            with self.assertRaises(AccessError):
                policy.get_score_preview("crm.score.rule", self.rule.id, {})
        with self.assertRaises(ValueError):
            self.policy.get_score_preview("res.users", self.manager.id, {})
