import sys
import unittest
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests.common import tagged

from ...models.rfm import scipy_guard
from .value_case import END, ValueCase

if scipy_guard.available():
    from ...models.rfm import customer_value

LOGGER = "odoo.addons.crm_lifecycle.models.rfm.crm_rfm_policy_value"


@tagged("post_install", "-at_install")
@unittest.skipUnless(scipy_guard.available(), "scipy is not installed")
class TestPolicyValue(ValueCase):
    def _estimate(self):
        """Estimate as if nine months were enough."""
        with patch.object(customer_value, "MIN_HISTORY_DAYS", 270):
            self.policy._refresh()
            self.policy._estimate_value()

    def test_fit_to_the_invoices_is_the_published_one(self):
        self._estimate()
        fit = self.policy.value_fit
        for value, published in zip(fit["purchases"], (0.243, 4.414, 0.793, 2.426), strict=True):
            self.assertAlmostEqual(value, published, delta=0.0006)
        self.assertAlmostEqual(fit["log_likelihood"], -9582.4, delta=0.05)
        for value, published in zip(fit["amounts"], (6.25, 3.74, 15.44), strict=True):
            self.assertAlmostEqual(value, published, delta=0.006)
        self.assertEqual((fit["customers"], fit["repeaters"]), (2357, 946))
        self.assertEqual((self.policy.value_state, self.policy.value_date), ("done", END))

    def test_figures_of_customers(self):
        self._estimate()
        often = self._score(2, 213, 272)
        self.assertEqual(often.p_active, 73)
        self.assertAlmostEqual(often.expected_purchases, 1.6)
        self.assertGreater(often.expected_value, 0)
        once = self._score(0, 0, 272)
        self.assertEqual(self._shown()[once.id][0], None)
        self.assertAlmostEqual(once.expected_purchases, 0.3)

    def test_second_run_writes_nothing(self):
        self._estimate()
        before = self._versions()
        self._estimate()
        self.assertEqual(self._versions(), before)

    def _versions(self):
        self.env.cr.execute("SELECT id, ctid::text, xmin::text FROM crm_rfm_score ORDER BY id")
        return self.env.cr.fetchall()

    def test_several_invoices_of_a_day_are_one_purchase(self):
        before = self._score_after()
        partner_id = before.partner_id.id
        self._sell([(partner_id, before.last_date, 5.0)])
        self._estimate()
        self.assertEqual(self._score_of(partner_id).p_active, before.p_active)

    def test_reversed_invoices_count_for_nothing(self):
        before = self._score_after()
        shown = self._shown()[before.id]
        partner_id = before.partner_id.id
        (invoice,) = self._sell([(partner_id, END, 900.0)], payment_state="reversed")
        self._sell([(partner_id, END, -900.0)], "out_refund", reversed_entry_id=invoice)
        self._estimate()
        self.assertEqual(self._shown()[before.id], shown)

    def test_credit_notes_lessen_the_amount_of_the_purchase_before(self):
        """One after a repeat purchase counts, one for the first purchase does not."""
        before = self._score_after()
        value = before.expected_value
        partner_id = before.partner_id.id
        first = END - timedelta(days=272)
        self._sell([(partner_id, first + timedelta(days=1), -5.0)], "out_refund")
        self._estimate()
        self.assertEqual(self._score_of(partner_id).expected_value, value)
        self._sell([(partner_id, END, -5.0)], "out_refund")
        self._estimate()
        self.assertLess(self._score_of(partner_id).expected_value, value)

    def _score_after(self):
        self._estimate()
        return self._score(2, 213, 272)

    def test_more_given_back_than_bought(self):
        before = self._score_after()
        self._sell([(before.partner_id.id, END, -5000.0)], "out_refund")
        self._estimate()
        self.assertGreater(self._score_of(before.partner_id.id).expected_value, 0)

    def test_other_companies_and_later_invoices_count_for_nothing(self):
        before = self._score_after()
        shown = self._shown()[before.id]
        partner_id = before.partner_id.id
        self._sell([(partner_id, END, 9.0)], company_id=self.env.ref("base.main_company").id)
        self._sell([(partner_id, END + timedelta(days=1), 9.0)])
        self._estimate()
        self.assertEqual(self._shown()[before.id], shown)

    def test_a_week_passes_before_the_next_estimate(self):
        self._estimate()
        partner_id = self._score(2, 213, 272).partner_id.id
        once = self._score(0, 0, 272)
        before = self._shown()
        self._sell([(partner_id, END + timedelta(days=2), 30.0)])
        self._update_on(END + timedelta(days=3))
        changed = {id_ for id_, figures in self._shown().items() if figures != before[id_]}
        self.assertEqual(changed, {self._score_of(partner_id).id})
        self.assertEqual(self.policy.value_date, END)
        self._update_on(END + timedelta(days=7))
        self.assertEqual(self.policy.value_date, END + timedelta(days=7))
        self.assertNotEqual(self._shown(), before)
        self.assertEqual(self._shown()[once.id][0], None)

    def _update_on(self, day):
        """Refresh on a later day, as the cron does."""
        self.policy.flush_recordset()
        self.env.cr.execute(
            "UPDATE crm_rfm_policy SET as_of = %s WHERE id = %s", [day, self.policy.id]
        )
        self.policy.invalidate_recordset()
        with patch.object(customer_value, "MIN_HISTORY_DAYS", 270):
            self.policy._refresh_with_past()

    def test_a_new_customer_gets_figures_the_next_night(self):
        self._estimate()
        partner = self._contact(name="New")
        self._sell([(partner.id, END, 30.0)])
        self._update_on(END + timedelta(days=1))
        self.assertGreater(self._score_of(partner.id).expected_purchases, 0)

    def test_other_purchases_ask_for_another_estimate(self):
        self._estimate()
        self.policy.product_categ_ids = self.env["product.category"].create({"name": "CD"})
        self.assertFalse(self.policy.value_date)
        self.assertTrue(self.policy._is_value_due())

    def test_refused_for_a_short_history_and_emptied(self):
        self._estimate()
        self.policy._estimate_value()
        self.assertEqual(self.policy.value_state, "refused")
        self.assertEqual(set(self._shown().values()), {(None, None, None)})
        self.assertIn("too short", self.policy.value_summary)

    def test_refused_for_few_customers(self):
        with patch.object(customer_value, "MIN_REPEATERS", 1000):
            self._estimate()
        self.assertIn("at least 1,000 customers", self.policy.value_summary)
        self.assertIn("946", self.policy.value_summary)

    def test_every_refusal_has_its_words(self):
        self._estimate()
        for problem in ("repeaters", "history", "unsettled", "unlike"):
            self.policy.value_state = "refused"
            self.policy.value_fit = {**self.policy.value_fit, "problem": problem}
            basis, reason = self.policy.value_summary.split("\n")
            self.assertIn("2,357", basis)
            self.assertGreater(len(reason), 50)

    def test_refused_once_is_not_scored_the_next_night(self):
        self.policy._refresh()
        self.policy._estimate_value()
        with patch.object(type(self.policy), "_value_rows") as read:
            self.policy._update_value()
        read.assert_not_called()

    def test_summary_says_what_it_rests_on(self):
        self._estimate()
        summary = self.policy.value_summary
        for figure in ("2,357", "946", "2,457", "18.2 weeks", "25 %", "35."):
            self.assertIn(figure, summary)
        self.assertIn("r 0.243", self.policy.value_parameters)
        self.assertIn("log-likelihood -9582.4", self.policy.value_parameters)

    def test_warnings_of_the_summary(self):
        self._estimate()
        lines = len(self.policy.value_summary.splitlines())
        for correlation in (0.5, -0.5):
            self.policy.value_fit |= {"correlation": correlation, "doubtful": True}
            self.policy.invalidate_recordset(["value_summary"])
            self.assertEqual(len(self.policy._value_lines()), lines + 1)

    def test_figures_of_which_no_fit_comes_leave_the_refresh_alone(self):
        """Whatever numpy raises: the figures are there, only the estimate is missing."""
        failing = patch.object(type(self.policy), "_value_rows", side_effect=FloatingPointError)
        with failing, self.assertLogs(LOGGER, "WARNING"):
            self.policy._refresh_with_past()
        self.assertEqual(len(self._shown()), 2357)

    def test_who_may_not_be_profiled_is_not_estimated(self):
        self._estimate()
        allowed = Domain("id", "!=", next(iter(self.customers)))
        self.patch(type(self.env["res.partner"]), "_profiling_domain", lambda _self: allowed)
        self.assertEqual(len(self.policy._value_rows().ids), 2356)

    def test_broken_packages_leave_the_figures(self):
        """Installed, but they do not load: the refresh goes on, the button says what to do."""
        with patch.dict("sys.modules", {customer_value.__name__: None}):
            parent = sys.modules[customer_value.__package__]
            with patch.object(parent, "customer_value", create=True):
                del parent.customer_value
                with self.assertLogs(LOGGER, "WARNING") as log:
                    self.policy._refresh_with_past()
                with self.assertRaisesRegex(UserError, "install them again"):
                    self.policy.action_estimate_value()
        self.assertIn("left out", log.output[0])
        self.assertEqual(len(self._shown()), 2357)
        self.assertFalse(self.policy.value_state)

    def test_button_is_for_managers(self):
        self.policy._refresh()
        answer = self.policy.with_user(self.manager).action_estimate_value()
        self.assertEqual(answer["params"]["type"], "warning")
        with self.assertRaises(AccessError):
            self.policy.with_user(self.salesman).action_estimate_value()

    def test_salespeople_read_the_figures(self):
        self._estimate()
        score = self._score(2, 213, 272).with_user(self.salesman)
        self.assertEqual(score.p_active, 73)
        leaving = [("policy_id", "=", self.policy.id), ("p_active", ">", 0), ("p_active", "<", 50)]
        found = score.search(leaving)
        self.assertTrue(found)
        self.assertLess(max(found.mapped("p_active")), 50)
        self.assertNotIn(self._score(0, 0, 272), found)

    def test_average_leaves_out_what_is_not_known(self):
        self._estimate()
        domain = [("policy_id", "=", self.policy.id)]
        ((average,),) = self.env["crm.rfm.score"]._read_group(domain, [], ["p_active:avg"])
        known = [figures[0] for figures in self._shown().values() if figures[0]]
        self.assertAlmostEqual(average, sum(known) / len(known), places=6)

    def test_not_known_is_last_in_both_orders(self):
        self._estimate()
        scores = self.env["crm.rfm.score"].with_user(self.salesman)
        for order in ("p_active", "p_active desc"):
            found = scores.search([("policy_id", "=", self.policy.id)], order=order)
            chances = found.mapped("p_active")
            self.assertEqual(chances.index(0), 946, order)
            known = chances[:946]
            self.assertEqual(known, sorted(known, reverse=order.endswith("desc")))

    def test_contact_shows_the_default_policy(self):
        self._estimate()
        default = self.env["crm.rfm.policy"]._default_for(self.company)
        partner = self._score(2, 213, 272).partner_id.with_user(self.salesman)
        self.assertEqual(partner._customer_value_summary(), {})
        self.env.cr.execute("UPDATE crm_rfm_score SET policy_id = %s", [default.id])
        default.write({"value_state": "done", "value_date": END})
        self.env.invalidate_all()
        summary = partner._customer_value_summary()
        self.assertEqual(dict(summary["lines"])["Still a customer"], "73 %")
        self.assertIn("1.6", dict(summary["lines"])["Purchases"])
        self.assertIn("12 months", summary["note"])
        once = self._score_in(default, 0, 0, 272).partner_id.with_user(self.salesman)
        self.assertEqual(dict(once._customer_value_summary()["lines"])["Still a customer"], "n/a")
        child = self._contact(name="Child", parent_id=partner.id).with_user(self.salesman)
        self.assertEqual(child._customer_value_summary(), summary)
        self.assertEqual(self._contact().with_user(self.salesman)._customer_value_summary(), {})

    def _score_in(self, policy, *history):
        self.policy = policy
        return self._score(*history)

    def test_settings_say_how_it_went(self):
        settings = self.env["res.config.settings"].with_user(self.manager)
        settings = settings.with_company(self.company).new({"company_id": self.company.id})
        self.assertTrue(settings.customer_value_available)
        self.assertIn("not been estimated yet", settings.customer_value_summary)
