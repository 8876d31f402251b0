from ast import literal_eval

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.fields import Domain
from odoo.tests import Form, tagged

from ...models.rfm import crm_rfm_policy_target
from .common import JuneCase


@tagged("post_install", "-at_install")
class TestRfmTarget(JuneCase):
    """What to do with the customers of a cell or of a segment."""

    def setUp(self):
        super().setUp()
        self.good = self._customer("2026-06-01", "2026-05-01", amount=3_000, name="Good")
        self.fair = self._customer("2026-06-02", amount=100, name="Fair")
        self.old = self._customer("2026-05-03", "2026-05-02", name="Old")
        self.lost = self._customer("2020-06-01", name="Lost")
        self.maybe = self._contact(name="Maybe", lifecycle_stage_id=self.prospect.id)
        self.people = self.good | self.fair | self.old | self.lost | self.maybe
        self.people.email = "someone@example.com"
        self.old.action_archive()
        self.policy._refresh()
        self.marketing.group_ids += self.env.ref("mass_mailing.group_mass_mailing_user")
        self.marketing.group_ids += self.env.ref("base.group_allow_export")
        self.by_marketing = self.policy.with_user(self.marketing)

    def _found(self, action):
        people = self.env["res.partner"].with_user(self.marketing)
        people = people.with_context(**action.get("context", {}))
        return people.search(Domain(action["domain"]) & Domain("id", "in", self.people.ids))

    def _segment_target(self, code):
        return {"segment_id": self.segments[code].id}

    def test_customers_by_readable_conditions(self):
        action = self.by_marketing.run_target_action("open_customers", cells=["52", "51"])
        self.assertEqual(action["domain"], [("rfm_cell", "in", ["51", "52"])])
        self.assertEqual(self._found(action), self.good | self.fair | self.old)
        action = self.by_marketing.run_target_action(
            "open_customers", cells=["52"], value_tier="high"
        )
        self.assertEqual(self._found(action), self.good)
        for code, expected in (
            ("potential_loyalist", self.good | self.old),
            ("lost", self.lost),
            ("prospect", self.maybe),
        ):
            target = self._segment_target(code)
            action = self.by_marketing.run_target_action("open_customers", **target)
            self.assertEqual(action["domain"], [("rfm_segment_id", "=", target["segment_id"])])
            self.assertEqual(self._found(action), expected, code)
            self.assertEqual(action["name"], self.segments[code].name)

    def test_customers_by_another_policy(self):
        other = self.policy.copy({"window_months": 1})
        other._refresh()
        for code, expected in (("new", self.good | self.fair), ("prospect", self.maybe)):
            action = other.with_user(self.marketing).run_target_action(
                "open_customers", **self._segment_target(code)
            )
            self.assertEqual(self._found(action), expected, code)

    def test_names_of_cells(self):
        for cells, name in (
            (["54", "55"], "Champions"),
            (["55", "54", "51"], "Champions, New"),
            (["54"], "R5 F4"),
            (["51", "54"], "New, R5 F4"),
        ):
            action = self.by_marketing.run_target_action("open_customers", cells=cells)
            self.assertEqual(action["name"], name)

    def test_mailing(self):
        action = self.by_marketing.run_target_action("mailing", cells=["51", "52"])
        mailings = self.env["mailing.mailing"].with_user(self.marketing)
        with Form(mailings.with_context(**action["context"])) as form:
            form.subject = "News"
        mailing = form.record
        self.assertEqual(mailing.name, "New, R5 F2, 06/30/2026")
        self.assertEqual((mailing.mailing_model_real, mailing.state), ("res.partner", "draft"))
        domain = literal_eval(mailing.mailing_domain)
        self.assertEqual(self._found({"domain": domain}), self.good | self.fair)

    def test_mailing_is_for_the_same_customers_in_another_company(self):
        action = self.by_marketing.run_target_action("mailing", cells=["52"])
        domain = literal_eval(action["context"]["default_mailing_domain"])
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        people = self.people.with_context(allowed_company_ids=elsewhere.ids)
        self.assertEqual(people.search(domain).ids, self.good.ids)

    def test_plan(self):
        plan = self.env["mail.activity.plan"].create(
            {
                "name": "Win back",
                "res_model": "res.partner",
                "template_ids": [
                    (0, 0, {"activity_type_id": self.env.ref("mail.mail_activity_data_call").id})
                ],
            }
        )
        action = self.by_marketing.run_target_action("plan", cells=["51", "52"])
        self.assertEqual(action["name"], "Activities for 2 customers")
        alone = self.by_marketing.run_target_action("plan", cells=["52"])
        self.assertEqual(alone["name"], "Activities for 1 customer")
        wizards = self.env["mail.activity.schedule"].with_user(self.marketing)
        with Form(wizards.with_context(**action["context"])) as form:
            form.plan_id = plan
            form.plan_on_demand_user_id = self.marketing
        form.record.action_schedule_plan()
        self.assertEqual(len(self.good.activity_ids | self.fair.activity_ids), 2)
        self.assertFalse(self.old.activity_ids)

    def test_plan_for_nobody_and_for_too_many(self):
        with self.assertRaises(UserError):
            self.by_marketing.run_target_action("plan", cells=["11"])
        self.patch(crm_rfm_policy_target, "PLAN_LIMIT", 1)
        with self.assertRaises(RedirectWarning) as refused:
            self.by_marketing.run_target_action("plan", cells=["51", "52"])
        message, action = refused.exception.args[:2]
        self.assertIn("2 customers", message)
        self.assertEqual(action["domain"], [("rfm_cell", "in", ["51", "52"])])

    def test_export(self):
        params = self.by_marketing.run_target_action("export", cells=["51", "52"])["params"]
        records = self.env[params["model"]].with_user(self.marketing)
        records = records.with_context(**params["context"]).search(params["domain"])
        self.assertEqual(records, self.good | self.fair)
        paths = [column["name"] for column in params["fields"]]
        rows = records.export_data(paths)["datas"]
        good = dict(zip(paths, next(row for row in rows if row[0] == "Good"), strict=True))
        self.assertEqual((good["rfm_code"], good["rfm_frequency"]), ("524", 2))
        self.assertTrue(all(column["label"] for column in params["fields"]))

    def test_export_of_another_policy_has_its_figures(self):
        other = self.policy.copy({"window_months": 1})
        other._refresh()
        params = other.with_user(self.marketing).run_target_action(
            "export", **self._segment_target("new")
        )["params"]
        self.assertEqual(params["model"], "crm.rfm.score")
        rows = self.env[params["model"]].with_user(self.marketing).search(params["domain"])
        paths = [column["name"] for column in params["fields"]]
        found = {row[0]: row[paths.index("frequency")] for row in rows.export_data(paths)["datas"]}
        self.assertEqual(found, {"Good": 1, "Fair": 1})

    def test_buttons_that_the_reader_may_use(self):
        def names(user):
            return [action["name"] for action in self.policy.with_user(user)._target_actions()]

        self.assertLessEqual(
            {"open_customers", "mailing", "plan", "export"}, set(names(self.marketing))
        )
        self.assertEqual(names(self.salesman)[:2], ["open_customers", "plan"])
        by_salesman = self.policy.with_user(self.salesman)
        for name in ("mailing", "export", "nonsense"):
            with self.assertRaises(AccessError):
                by_salesman.run_target_action(name, cells=["52"])
        with self.assertRaises(AccessError):
            self.policy.with_user(self.employee).run_target_action("plan", cells=["52"])

    def test_bad_input(self):
        for target in ({}, {"cells": ["99"]}, {"cells": []}, {"segment_id": -1}):
            with self.assertRaises(UserError):
                self.by_marketing.run_target_action("open_customers", **target)
        with self.assertRaises(UserError):
            self.by_marketing.run_target_action("open_customers", cells=["52"], value_tier="x")

    def test_buttons_of_a_segment(self):
        segment = self.segments["potential_loyalist"].with_user(self.marketing)
        self.assertEqual(self._found(segment.action_open_customers()), self.good | self.old)
        self.assertEqual(segment.action_mailing()["res_model"], "mailing.mailing")
        self.assertEqual(segment.action_plan()["context"]["active_ids"], self.good.ids)
        self.assertEqual(segment.action_export()["params"]["model"], "res.partner")
        self.policy.is_default = False
        with self.assertRaises(UserError):
            segment.action_open_customers()
