from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import NurtureCase


@tagged("post_install", "-at_install")
class TestCrmNurtureScreen(NurtureCase):
    """Who sees and may do what; figures that open their people; coming in from lists."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sequence = cls._sequence(
            {"kind": "wait", "name": "wait", "wait_number": 3},
            {"kind": "stage", "name": "up", "stage_id": cls.prospect.id},
            user_id=cls.marketing.id,
        )
        cls.other_marketing = cls.marketing.copy({"login": "lifecycle_marketing_2"})

    def _flow(self, user):
        version = self.sequence.with_user(user).version_id
        return {step["title"]: step for step in version.get_flow()["steps"]}

    def _figures(self, user, title):
        figures = self.sequence.with_user(user).version_id.get_figures()
        shown = figures[self._flow(user)[title]["id"]]["figures"]
        return {one["key"]: one["count"] for one in shown}

    def _open(self, user, title, figure):
        flow = self._flow(user)
        action = self.sequence.with_user(user).version_id.open_figure(flow[title]["id"], figure)
        return self.env[action["res_model"]].with_user(user).search(action["domain"])

    # ------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------

    def test_each_figure_opens_its_people(self):
        leads = self._leads(5)
        self.sequence._enroll(leads[:3])
        self.run_until(days=3)
        self.sequence._enroll(leads[3:])
        self.assertEqual(self._figures(self.marketing, "wait"), {"waiting": 2, "done": 3})
        self.assertEqual(self._figures(self.marketing, "up"), {"done": 3})
        self.assertEqual(self._open(self.marketing, "wait", "waiting").lead_id, leads[3:])
        done = self._open(self.marketing, "up", "done")
        self.assertEqual(done.enrollment_id.lead_id, leads[:3])
        with self.assertRaises(UserError):
            self._open(self.marketing, "wait", "nonsense")

    def test_a_salesperson_counts_the_own_people(self):
        own = self._leads(2, user_id=self.salesman.id)
        self.sequence._enroll(own | self._leads(3, user_id=self.colleague.id))
        self.assertEqual(self._figures(self.salesman, "wait"), {"waiting": 2})
        self.assertEqual(self._open(self.salesman, "wait", "waiting").lead_id, own)
        self.assertEqual(self.sequence.with_user(self.salesman).inside_count, 2)
        self.assertEqual(self.sequence.with_user(self.marketing).inside_count, 5)

    def _read(self, version):
        return version.get_flow(), version.get_figures()

    def test_the_flow_costs_the_same_for_more_steps(self):
        version = self.sequence.with_user(self.marketing).version_id
        self._read(version)
        self.env.invalidate_all()
        start = self.cr.sql_log_count
        self._read(version)
        few = self.cr.sql_log_count - start
        self.sequence.with_user(self.marketing).action_edit()
        for _number in range(20):
            self._step(self.sequence, kind="wait", name="more")
        self.sequence.action_publish()
        version = self.sequence.with_user(self.marketing).version_id
        self._read(version)
        self.env.invalidate_all()
        start = self.cr.sql_log_count
        self._read(version)
        self.assertLessEqual(self.cr.sql_log_count - start, few + 1)

    # ------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------

    def test_who_may_change_a_sequence(self):
        for user, shared, may in (
            (self.marketing, False, True),
            (self.other_marketing, True, True),
            (self.other_marketing, False, False),
            (self.manager, False, True),
            (self.salesman, True, False),
        ):
            self.sequence.shared = shared
            sequence = self.sequence.with_user(user)
            with self.subTest(user=user.name, shared=shared):
                self.assertEqual(sequence.can_edit, may)
                self.assertEqual(sequence.has_access("write"), may)
                self.assertEqual(sequence.version_id.has_access("write"), may)
                self.assertEqual(sequence.version_id.step_ids.has_access("write"), may)
                self.assertTrue(sequence.has_access("read"))

    def test_salespeople_change_nothing(self):
        sequence = self.sequence.with_user(self.salesman)
        people = self.sequence._enroll(self._leads(1, user_id=self.salesman.id))
        for act in (
            sequence.action_edit,
            sequence.action_review,
            sequence.action_pause,
            sequence.action_resume,
            sequence.action_close,
            people.with_user(self.salesman).action_leave,
            people.with_user(self.salesman).action_retry,
        ):
            with self.subTest(act=act.__name__), self.assertRaises(AccessError):
                act()

    def test_employees_see_nothing(self):
        with self.assertRaises(AccessError):
            self.sequence.with_user(self.employee).read(["name"])

    def test_another_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.marketing.write({"company_ids": company.ids, "company_id": company.id})
        found = self.env["crm.nurture.sequence"].with_user(self.marketing)
        self.assertFalse(found.search_count([("id", "=", self.sequence.id)]))
        for model in ("version", "step"):
            records = self.env[f"crm.nurture.{model}"].with_user(self.marketing)
            self.assertFalse(records.search_count([("sequence_id", "=", self.sequence.id)]))

    def test_quarantine_is_retried_by_who_may(self):
        person = self.sequence._enroll(self._leads(1))
        person.write({"state": "quarantine", "reason": "Broken"})
        self.sequence.shared = False
        with self.assertRaises(AccessError):
            person.with_user(self.other_marketing).action_retry()
        person.with_user(self.marketing).action_retry()
        self.assertEqual((person.state, person.reason), ("waiting", False))

    # ------------------------------------------------------------
    # Coming in
    # ------------------------------------------------------------

    def _pick(self, user, model="crm.lead", **context):
        context = {"active_model": model, **context}
        form = Form(self.env["crm.nurture.pick"].with_user(user).with_context(**context))
        form.sequence_id = self.sequence
        return form.save()

    def test_from_a_list(self):
        leads = self._leads(4)
        self.sequence._enroll(leads[:1])
        pick = self._pick(self.marketing, active_ids=leads.ids)
        self.assertEqual((pick.selected_count, pick.inside_count), (4, 1))
        message = pick.action_apply()["params"]["message"]
        self.assertTrue(message.startswith("3 came into"), message)
        self.assertIn("Left out: 1 (", message)
        self.assertEqual(self.sequence.enrollment_ids.lead_id, leads)

    def test_a_salesperson_lets_the_own_leads_in(self):
        own = self._leads(1, user_id=self.salesman.id)
        foreign = self._leads(1, user_id=self.colleague.id)
        self._pick(self.salesman, active_ids=(own | foreign).ids).action_apply()
        self.assertEqual(self.sequence.enrollment_ids.lead_id, own)

    def test_from_a_segment(self):
        leads = self._leads(3)
        segment = self.env["crm.segment"].create(
            {"name": "Picked", "kind": "static", "model": "crm.lead"}
        )
        segment._add([("id", "in", leads.ids)])
        action = segment.with_user(self.marketing).action_enroll()
        pick = self._pick(
            self.marketing, model="crm.segment", active_id=action["context"]["active_id"]
        )
        pick.action_apply()
        self.assertEqual(self.sequence.enrollment_ids.lead_id, leads)

    def test_records_of_another_kind(self):
        with self.assertRaises(UserError):
            self._pick(self.marketing, model="res.users", active_ids=[1])
