from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import tagged

from .common import JuneCase


@tagged("post_install", "-at_install")
class TestRfmMap(JuneCase):
    """The map of recency and frequency, and its refresh step by step."""

    def setUp(self):
        super().setUp()
        self.good = self._customer("2026-06-01", "2026-05-01", amount=3_000, name="Good")
        self.fair = self._customer("2026-06-02", "2026-05-02", amount=100, name="Fair")
        self.lost = self._customer("2020-06-01", name="Lost")
        self.maybe = self._contact(name="Maybe", lifecycle_stage_id=self.prospect.id)

    def _map(self, user=None, **options):
        policy = self.policy.with_user(user or self.salesman)
        return policy.get_map(**options)

    @staticmethod
    def _cell(page, name):
        return next(cell for cell in page["cells"] if cell["cell"] == name)

    @staticmethod
    def _segment(page, code):
        return next(segment for segment in page["segments"] if segment["code"] == code)

    def test_cells_hold_their_customers(self):
        self.policy._refresh()
        page = self._map()
        self.assertEqual((page["state"], len(page["cells"])), ("ready", 25))
        cell = self._cell(page, "52")
        self.assertEqual((cell["count"], cell["revenue"]), (2, 6_200))
        self.assertEqual(cell["segment_id"], self.segments["potential_loyalist"].id)
        self.assertEqual(sum(cell["count"] for cell in page["cells"]), 2)
        self.assertEqual(page["date"], date(2026, 6, 30))
        self.assertEqual(page["ranges"]["f"][2], "2 purchases")

    def test_segments_stand_beside(self):
        self.policy._refresh()
        page = self._map()
        names = ("count", "revenue")
        for code, expected in (
            ("potential_loyalist", (2, 6_200)),
            ("lost", (1, 0)),
            ("champions", (0, 0)),
        ):
            segment = self._segment(page, code)
            self.assertEqual(tuple(segment[name] for name in names), expected, code)
        self.assertAlmostEqual(self._segment(page, "lost")["share"], 100 / 3)
        shares = [segment["share"] or 0 for segment in page["segments"]]
        self.assertAlmostEqual(sum(shares), 100)
        self.assertIsNone(self._segment(page, "prospect")["revenue"])

    def test_each_number_is_that_of_the_list_it_opens(self):
        archived = self._customer("2026-06-03", name="Archived")
        archived.action_archive()
        self._contact(name="Gone", lifecycle_stage_id=self.prospect.id, active=False)
        self.policy._refresh()
        page = self._map()
        targets = [({"segment_id": s["id"]}, s["count"]) for s in page["segments"]]
        targets += [({"cells": [c["cell"]]}, c["count"]) for c in page["cells"]]
        for target, count in targets:
            action = self.policy.with_user(self.salesman).run_target_action(
                "open_customers", **target
            )
            people = self.env["res.partner"].with_user(self.salesman)
            found = people.with_context(**action["context"]).search_count(action["domain"])
            self.assertEqual(found, count, target)

    def test_value_tier(self):
        self.policy._refresh()
        page = self._map(value_tier="high")
        self.assertEqual(self._cell(page, "52")["count"], 1)
        self.assertEqual(self._segment(page, "potential_loyalist")["revenue"], 6_000)
        self.assertNotIn("lost", [segment["code"] for segment in page["segments"]])

    def test_what_changed_since_last_month(self):
        self.policy._refresh("2026-05-15")
        self.policy._refresh("2026-05-31")
        self.policy._refresh()
        page = self._map()
        segment = self._segment(page, "potential_loyalist")
        self.assertEqual((segment["entered"], segment["left"], segment["change"]), (2, 0, 2))
        self.assertEqual(self._segment(page, "new")["change"], -2)
        action = self.policy.with_user(self.salesman).action_open_last_moves(segment["id"])
        moves = self.env[action["res_model"]].with_user(self.salesman).search(action["domain"])
        self.assertEqual(moves.partner_id, self.good | self.fair)

    def test_states_before_there_are_figures(self):
        self.assertEqual(self._map()["state"], "never")
        empty = self.env["res.company"].create({"name": "Empty"})
        policy = self.env["crm.rfm.policy"]._default_for(empty)
        policy._refresh()
        self.assertEqual(policy.get_map()["state"], "empty")
        policy.unlink()
        none = self.env["crm.rfm.policy"].with_company(empty).get_map()
        self.assertEqual(none["state"], "no_policy")

    def test_a_policy_deleted_while_its_map_is_open(self):
        self.policy._refresh()
        other = self.policy.copy()
        other._refresh()
        shown = other.with_user(self.salesman)
        self.assertEqual(shown.get_map()["policy"]["id"], other.id)
        other.unlink()
        self.assertEqual(shown.get_map()["policy"]["id"], self.policy.id)

    def test_few_customers_are_told(self):
        self.policy.method = "frozen"
        self.policy._refresh()
        self.assertTrue(self._map()["is_small"])

    def test_a_past_without_kept_cuts_has_no_words(self):
        self.policy.method = "frozen"
        self.policy._refresh()
        self.policy._refresh("2026-05-15")
        self.assertEqual(set(self._map()["ranges"]), {"r", "f", "m"})

    def test_rights(self):
        self.policy._refresh()
        self.assertFalse(self._map(self.salesman)["can_edit"])
        self.assertTrue(self._map(self.manager)["can_edit"])
        with self.assertRaises(AccessError):
            self._map(self.employee)
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["crm.rfm.policy"]._default_for(other)
        with self.assertRaises(AccessError):
            foreign.with_user(self.manager).get_map()

    def test_contacts_of_another_company_are_not_counted(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._customer("2026-06-01", "2026-05-01", name="Theirs", company_id=other.id)
        self.policy._refresh()
        self.assertEqual(self._cell(self._map(), "52")["count"], 2)

    def test_queries_do_not_grow_with_the_customers(self):
        self.policy._refresh()
        policy = self.policy.with_user(self.salesman)
        counts = []
        for _time in range(2):
            policy.get_map()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            policy.get_map()
            counts.append(self.env.cr.sql_log_count - before)
            for number in range(30):
                self._customer("2026-06-01", name=f"Customer {number}")
            self.policy._refresh()
        self.assertEqual(counts[0], counts[1])

    # -- refresh, step by step ------------------------------------------------------------------

    def test_first_steps_go_through_the_past(self):
        self.policy.replay_months = 2
        policies = self.env["crm.rfm.policy"].with_user(self.manager)
        steps = [s for s in policies.get_refresh_steps() if s["policy_id"] == self.policy.id]
        self.assertEqual(
            [step["as_of"] for step in steps], [date(2026, 4, 30), date(2026, 5, 31), False]
        )
        policy = self.policy.with_user(self.manager)
        written = [policy.run_refresh_step(step["as_of"]) for step in steps]
        self.assertEqual([one["added"] for one in written], [1, 2, 0])
        self.assertEqual(self.policy.history_start, date(2026, 4, 30))
        self.assertEqual(len(policies.get_refresh_steps()), 1)

    def test_a_step_that_somebody_else_did_does_not_turn_back(self):
        self.policy._refresh()
        policy = self.policy.with_user(self.manager)
        written = policy.run_refresh_step("2026-05-31")
        self.assertEqual((written["added"], written["changed"]), (0, 0))
        self.assertEqual(self.policy.refresh_date, date(2026, 6, 30))

    def test_a_day_that_is_no_step_is_refused(self):
        policy = self.policy.with_user(self.manager)
        for day in ("2099-01-01", "2026-05-15", "tomorrow"):
            with self.assertRaisesRegex(UserError, "start the refresh again"):
                policy.run_refresh_step(day)
        self.assertFalse(self.policy.history_date)

    def test_a_second_run_writes_nothing(self):
        policy = self.policy.with_user(self.manager)
        policy.run_refresh_step()
        written = policy.run_refresh_step()
        self.assertEqual({written[name] for name in ("added", "changed", "removed", "moved")}, {0})

    def test_only_managers_refresh(self):
        for user in (self.salesman, self.marketing):
            policy = self.policy.with_user(user)
            for method in ("get_refresh_steps", "run_refresh_step", "get_left_out"):
                with self.assertRaises(AccessError):
                    getattr(policy, method)()

    def test_left_out_and_why(self):
        undone = self._contact(name="Undone")
        self._sale(undone, date(2026, 6, 1), move_type="out_refund")
        own = self.company.partner_id
        self._sale(own, date(2026, 6, 1))
        refused = self._customer("2026-06-01", name="Refused")
        allowed = Domain("id", "!=", refused.id)
        self.patch(type(self.env["res.partner"]), "_profiling_domain", lambda _self: allowed)
        self.policy._refresh()
        policy = self.policy.with_user(self.manager)
        found = {line["reason"]: line["count"] for line in policy.get_left_out()}
        self.assertEqual(found, {"own": 1, "refused": 1, "undone": 1})
        for reason, partner in (("own", own), ("refused", refused), ("undone", undone)):
            action = policy.action_open_left_out(reason)
            self.assertEqual(self.env["res.partner"].search(action["domain"]), partner)
