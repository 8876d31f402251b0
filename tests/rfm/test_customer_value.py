import unittest
from unittest.mock import patch

from odoo.tests.common import BaseCase

from ...models.rfm import scipy_guard
from . import cdnow

if scipy_guard.available():
    import numpy as np

    from ...models.rfm import bg_nbd, customer_value


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
