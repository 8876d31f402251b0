import doctest
import sys
import unittest
from datetime import date, timedelta
from unittest.mock import patch

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests.common import BaseCase, tagged
from odoo.tools import SQL

from ...models.rfm import scipy_guard
from ..common import LifecycleCase
from . import cdnow

if scipy_guard.available():
    import numpy as np

    from ...models.rfm import bg_nbd, customer_value

END = date(1997, 9, 30)
LOGGER = "odoo.addons.crm_lifecycle.models.rfm.crm_rfm_policy_value"
FIGURES = ("p_active", "expected_purchases", "expected_value")


def without_scipy(available=False):
    """Have the guard say that scipy is not there."""
    return patch.object(scipy_guard, "available", lambda: available)


@unittest.skipUnless(scipy_guard.available(), "scipy is not installed")
class TestEstimate(BaseCase):
    """The judge, on arrays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        repeats, last, age, cents = map(np.array, cdnow.customers())
        cls.cdnow = customer_value.Customers(repeats, last, age, cents / 100)
        # as if the same had happened in twice the time, so that there is more than a year
        cls.slow = cls.cdnow._replace(last_days=last * 2, age_days=age * 2)

    def test_doctests(self):
        results = doctest.testmod(customer_value)
        self.assertGreater(results.attempted, 0)
        self.assertEqual(results.failed, 0)

    def test_cdnow_is_believed(self):
        fit = customer_value.estimate(self.slow)
        self.assertIsNone(fit["problem"])
        self.assertEqual((fit["customers"], fit["repeaters"]), (2357, 946))
        self.assertLess(customer_value.missed(fit), 0.02)
        self.assertAlmostEqual(fit["amounts"][0], 6.25, places=2)
        self.assertFalse(fit["doubtful"])

    def test_too_short_a_history(self):
        self.assertEqual(customer_value.estimate(self.cdnow)["problem"], "history")

    def test_too_few_repeaters(self):
        few = self._only(self.slow, np.flatnonzero(self.slow.repeats)[:99])
        self.assertEqual(customer_value.estimate(few)["problem"], "repeaters")
        self.assertIsNone(
            customer_value.estimate(self._only(self.slow, slice(0, None, 2)))["problem"]
        )

    def test_no_customers(self):
        nobody = self._only(self.slow, slice(0, 0))
        self.assertEqual(customer_value.estimate(nobody)["problem"], "repeaters")

    def test_contracts_are_not_believed(self):
        """All customers buy every month and nobody leaves: there is nothing to learn."""
        age = np.arange(400, 1000)
        repeats = age // 30
        contracts = customer_value.Customers(repeats, repeats * 30, age, repeats * 50.0)
        self.assertIn(customer_value.estimate(contracts)["problem"], ("unsettled", "unlike"))

    def test_a_model_that_cannot_tell_the_past_is_not_believed(self):
        """Old customers who bought much at once, new ones who hardly do."""
        miss = patch.object(bg_nbd, "expected_repeats", lambda _fit, age: age * 0 + 2)
        with miss:
            self.assertEqual(customer_value.estimate(self.slow)["problem"], "unlike")

    def test_equal_amounts_give_purchases_only(self):
        prices = self.slow._replace(repeat_amounts=self.slow.repeats * 20.0)
        fit = customer_value.estimate(prices)
        self.assertIsNone(fit["problem"])
        self.assertIsNone(fit["amounts"])
        shown = customer_value.figures(fit, prices)
        self.assertTrue(np.isnan(shown.expected_value).all())
        self.assertFalse(np.isnan(shown.expected_purchases).any())

    def test_amounts_that_grow_with_frequency_are_doubtful(self):
        amounts = self.slow.repeat_amounts * self.slow.repeats
        fit = customer_value.estimate(self.slow._replace(repeat_amounts=amounts))
        self.assertGreater(fit["correlation"], 0.3)
        self.assertTrue(fit["doubtful"])

    def test_figures_are_those_of_the_models(self):
        fit = customer_value.estimate(self.slow)
        shown = customer_value.figures(fit, self.slow)
        once = self.slow.repeats == 0
        self.assertTrue(np.isnan(shown.p_active[once]).all())
        self.assertEqual((shown.p_active[~once].min(), shown.p_active[~once].max()), (1, 97))
        ahead = bg_nbd.expected_repeats(bg_nbd.Parameters(*fit["purchases"]), 365 / 7)
        self.assertLess(shown.expected_purchases.mean(), ahead)

    def test_same_figures_are_no_change(self):
        fit = customer_value.estimate(self.slow)
        shown = customer_value.figures(fit, self.slow)
        rows = customer_value.Rows(np.arange(2357), self.slow, shown)
        self.assertEqual(customer_value.changes(fit, rows), [[], [], [], []])

    @staticmethod
    def _only(customers, places):
        return customer_value.Customers(*(column[places] for column in customers))


class ValueCase(LifecycleCase):
    """The customers of CDNOW as contacts of a company of their own, with posted invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Record Shop"})
        cls.env.user.company_ids += cls.company
        for user in (cls.manager, cls.salesman, cls.marketing):
            user.write({"company_ids": [(4, cls.company.id)], "company_id": cls.company.id})
        cls.journal = cls.env["account.journal"].create(
            {"name": "Shop", "code": "SHOP", "type": "general", "company_id": cls.company.id}
        )
        cls.policy = cls.env["crm.rfm.policy"].create(
            {"name": "Then", "company_id": cls.company.id, "as_of": END}
        )
        cls.customers = cls._load_customers()

    @classmethod
    def _load_customers(cls):
        """Rebuild purchases that give the histories of the file; return the ids in its order."""
        columns = list(zip(*cdnow.customers(), strict=True))
        ids = cls._insert(
            "res_partner",
            [
                {"name": f"Customer {n}", "complete_name": f"Customer {n}", "active": True}
                | {"autopost_bills": "ask", "type": "contact"}
                for n in range(len(columns))
            ],
        )
        cls.env.cr.execute(
            "UPDATE res_partner SET commercial_partner_id = id WHERE id = ANY(%s)", [ids]
        )
        cls._sell(
            sale
            for partner_id, customer in zip(ids, columns, strict=True)
            for sale in cls._sales(partner_id, *customer)
        )
        return dict(zip(ids, columns, strict=True))

    @classmethod
    def _sales(cls, partner_id, repeats, last_days, age_days, repeat_cents):
        first = END - timedelta(days=age_days)
        yield partner_id, first, 10.0
        for place in range(1, repeats + 1):
            day = first + timedelta(days=last_days - repeats + place)
            yield partner_id, day, repeat_cents / 100 if place == repeats else 0.0

    @classmethod
    def _sell(cls, sales, move_type="out_invoice", **values):
        """Insert posted documents (contact, day, amount), as quickly as a test needs it."""
        common = {
            "journal_id": cls.journal.id,
            "company_id": cls.company.id,
            "currency_id": cls.company.currency_id.id,
            "state": "posted",
            "move_type": move_type,
            "payment_state": "paid",
            "auto_post": "no",
        }
        rows = [
            {
                **common,
                "partner_id": partner_id,
                "commercial_partner_id": partner_id,
                "date": day,
                "invoice_date": day,
                "amount_untaxed_signed": amount,
                **values,
            }
            for partner_id, day, amount in sales
        ]
        return cls._insert("account_move", rows)

    @classmethod
    def _insert(cls, table, rows):
        names = SQL(", ").join(map(SQL.identifier, rows[0]))
        values = SQL(", ").join(SQL("%s", tuple(row.values())) for row in rows)
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL("INSERT INTO %s (%s) VALUES %s RETURNING id", SQL.identifier(table), names, values)
        )
        cls.env.invalidate_all()
        return [row[0] for row in cls.env.cr.fetchall()]

    def _estimate(self):
        """Estimate as if nine months were enough."""
        with patch.object(customer_value, "MIN_HISTORY_DAYS", 270):
            self.policy._refresh()
            self.policy._estimate_value()

    def _score(self, *history):
        """Give the row of a customer with this history: repeats, last days, age in days."""
        partner_id = next(id_ for id_, known in self.customers.items() if known[:3] == history)
        return self._score_of(partner_id)

    def _score_of(self, partner_id):
        return self.env["crm.rfm.score"].search(
            [("policy_id", "=", self.policy.id), ("partner_id", "=", partner_id)]
        )

    def _shown(self):
        """Read what the database has: {id: (chance, purchases, value)}."""
        self.env.cr.execute(
            "SELECT id, p_active, expected_purchases, expected_value FROM crm_rfm_score"
            " WHERE policy_id = %s",
            [self.policy.id],
        )
        return {id_: tuple(figures) for id_, *figures in self.env.cr.fetchall()}


@tagged("post_install", "-at_install")
@unittest.skipUnless(scipy_guard.available(), "scipy is not installed")
class TestCustomerValue(ValueCase):
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


@tagged("post_install", "-at_install")
class TestWithoutScipy(ValueCase):
    """Nothing of it is to be seen, and the rest works as ever."""

    def setUp(self):
        super().setUp()
        self.startPatcher(without_scipy())
        self.scores = self.env["crm.rfm.score"].with_user(self.salesman)

    def test_refresh_leaves_it_out(self):
        self.policy._refresh_with_past()
        self.assertFalse(self.policy.value_date)
        self.assertFalse(self.policy.value_state)
        self.assertEqual(len(self._shown()), 2357)

    def test_fields_are_no_fields(self):
        self.assertFalse({"value_state", *FIGURES} & set(self.scores.fields_get()))
        policies = self.env["crm.rfm.policy"].with_user(self.manager)
        self.assertNotIn("value_summary", policies.fields_get())
        with self.assertRaises(AccessError):
            self.scores.search([("p_active", "<", 50)])

    def test_views_do_not_show_them(self):
        for model, kind in (
            (self.scores, "list"),
            (self.scores, "pivot"),
            (self.scores, "graph"),
            (self.scores, "search"),
            (self.env["crm.rfm.policy"].with_user(self.manager), "form"),
        ):
            view = model.get_view(view_type=kind)
            names = [node.get("name") for node in etree.fromstring(view["arch"]).iter("*")]
            shown = [name for name in names if name and self._is_of_value(name)]
            self.assertFalse(shown, f"{model._name} {kind}")

    def test_views_show_them_with_scipy(self):
        with without_scipy(available=True):
            for kind, name in (
                ("list", "p_active"),
                ("pivot", "expected_value"),
                ("search", "customer_value_leaving"),
            ):
                self.assertIn(f'name="{name}"', self.scores.get_view(view_type=kind)["arch"])

    @staticmethod
    def _is_of_value(name):
        return name in FIGURES or name.startswith(("value_state", "customer_value"))

    def test_a_list_is_read(self):
        self.policy._refresh()
        names = [name for name in self.scores.fields_get() if name != "partner_id"]
        self.assertTrue(self.scores.search_read([], names, limit=1))

    def test_button_and_contact_say_nothing_wrong(self):
        self.policy._refresh()
        self.policy._estimate_value()
        self.assertFalse(self.policy.value_state)
        self.assertEqual(self._contact().with_user(self.salesman)._customer_value_summary(), {})

    def test_settings_say_what_to_install(self):
        settings = self.env["res.config.settings"].with_user(self.manager)
        settings = settings.with_company(self.company).new({"company_id": self.company.id})
        self.assertFalse(settings.customer_value_available)
        self.assertIn("pip install numpy scipy", settings.customer_value_summary)
