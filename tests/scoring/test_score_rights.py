from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import ScoringCase

MODELS = ("crm.score", "crm.score.history", "crm.score.report")


@tagged("post_install", "-at_install")
class TestRights(ScoringCase):
    """Who sees whose scores, and who changes the rules."""

    def setUp(self):
        super().setUp()
        self._rule(domain="[]", points=50)
        self._rule(target="res.partner", domain="[]", points=50)
        self.other = self.env["res.company"].create({"name": "Other"})
        self.own = self._lead(user_id=self.salesman.id)
        self.theirs = self._lead(user_id=self.colleague.id)
        self.nobodys = self._lead(user_id=False)
        self.foreign = self._lead(company_id=self.other.id, user_id=False, team_id=False)
        self.leads = self.own | self.theirs | self.nobodys | self.foreign
        self.leads._refresh_scores()
        stage = self.lead.id
        self.shared = self._contact(lifecycle_stage_id=stage)
        self.elsewhere = self._contact(lifecycle_stage_id=stage, company_id=self.other.id)
        (self.shared | self.elsewhere)._refresh_scores()

    def _seen(self, user, model):
        rows = (
            self.env[model]
            .with_user(user)
            .search(
                [
                    "|",
                    ("lead_id", "in", self.leads.ids),
                    ("partner_id", "in", (self.shared | self.elsewhere).ids),
                ]
            )
        )
        return rows.lead_id, rows.partner_id

    def test_scores_of_the_records_that_one_sees(self):
        for model in MODELS:
            with self.subTest(model=model):
                leads, people = self._seen(self.salesman, model)
                self.assertEqual(leads, self.own | self.nobodys)
                self.assertEqual(people, self.shared)
                leads, people = self._seen(self.marketing, model)
                self.assertEqual(leads, self.leads - self.foreign)
                self.assertEqual(people, self.shared)
                with self.assertRaises(AccessError):
                    self._seen(self.employee, model)

    def test_two_companies(self):
        self.marketing.company_ids |= self.other
        model = self.env["crm.score"].with_user(self.marketing)
        rows = model.with_context(allowed_company_ids=self.other.ids).search(
            [("lead_id", "in", self.leads.ids)]
        )
        self.assertIn(self.foreign, rows.lead_id)
        self.assertFalse(rows.lead_id & (self.own | self.theirs))

    def test_nobody_writes_scores(self):
        row = self.env["crm.score"].search([("lead_id", "=", self.own.id)])
        for user in (self.salesman, self.marketing, self.manager):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"score": 100})
            with self.assertRaises(AccessError):
                self.env["crm.score.history"].with_user(user).create(
                    {"lead_id": self.own.id, "date": "2026-01-01"}
                )
            with self.assertRaises(AccessError):
                self.env["crm.score.rest"].with_user(user).create(
                    {"lead_id": self.own.id, "date": "2026-01-01"}
                )

    def test_the_rules_are_those_of_the_manager(self):
        values = {"name": "New", "domain": "[]"}
        for user in (self.salesman, self.marketing):
            self.assertTrue(self.rules.with_user(user).search([("points", "=", 50)]))
            with self.assertRaises(AccessError):
                self.rules.with_user(user).create(values)
            with self.assertRaises(AccessError):
                self.lead_policy.with_user(user).sudo(False).action_refresh()
        self.assertTrue(self.rules.with_user(self.manager).create(values))
        self.lead_policy.with_user(self.manager).sudo(False).action_refresh()
        self.assertTrue(self.lead_policy.refreshed_at)

    def test_rules_of_another_company_are_hidden_and_count(self):
        rule = self._rule(domain="[]", points=9, company_id=self.other.id)
        self.assertFalse(self.rules.with_user(self.manager).search([("id", "=", rule.id)]))
        self.foreign.with_user(self.manager).sudo()._refresh_scores()
        self.assertEqual(self.foreign.score_fit, 59)

    def test_receipts_and_rests_are_for_sales(self):
        portal = mail_new_test_user(self.env, login="score_portal", groups="base.group_portal")
        portal.partner_id.lifecycle_stage_id = self.lead
        for user in (portal, self.employee):
            person = portal.partner_id.with_user(user)
            self.assertTrue(person.has_access("read"))
            for call in (
                person.get_score_receipt,
                lambda person=person: person.action_open_score_line(1),
                lambda person=person: person.search([("is_at_rest", "=", True)]),
                lambda person=person: person.search([("is_at_rest", "!=", True)]),
                lambda person=person: person.search([("score", ">", 0)]),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    call()
        person = portal.partner_id.with_user(self.salesman)
        self.assertEqual(person.get_score_receipt()["score"], person.score)
        self.assertFalse(person.search([("is_at_rest", "=", True), ("id", "=", person.id)]))
