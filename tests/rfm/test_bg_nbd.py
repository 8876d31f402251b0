import unittest

from odoo.tests.common import BaseCase

from ...models.rfm import scipy_guard
from . import cdnow

if scipy_guard.available():
    import numpy as np
    from scipy.optimize import approx_fprime
    from scipy.special import hyp2f1

    from ...models.rfm import bg_nbd

# as published: table 2 of the article
PUBLISHED = (0.243, 4.414, 0.793, 2.426)
PUBLISHED_LOG_LIKELIHOOD = -9582.4


@unittest.skipUnless(scipy_guard.available(), "scipy is not installed")
class TestBgNbd(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cdnow, _places = bg_nbd.histories(*cdnow.customers()[:3])

    def test_histories_are_those_of_cdnow(self):
        self.assertEqual(self.cdnow.count.sum(), 2357)
        self.assertEqual(len(self.cdnow.count), 1016)
        self.assertEqual(self.cdnow.count[self.cdnow.repeats > 0].sum(), 946)
        self.assertEqual(self.cdnow.repeats @ self.cdnow.count, 2457)

    def test_fit_is_the_published_one(self):
        fit = bg_nbd.fit(self.cdnow)
        for name, value, published in zip(
            bg_nbd.Parameters._fields, fit.parameters, PUBLISHED, strict=True
        ):
            self.assertAlmostEqual(value, published, delta=0.0006, msg=name)
        self.assertAlmostEqual(fit.log_likelihood, PUBLISHED_LOG_LIKELIHOOD, delta=0.05)
        self.assertTrue(fit.settled)

    def test_every_start_leads_to_the_same_fit(self):
        unit = np.average(self.cdnow.age, weights=self.cdnow.count)
        scaled = self.cdnow._replace(last=self.cdnow.last / unit, age=self.cdnow.age / unit)
        costs = [bg_nbd._search(scaled, start).fun for start in bg_nbd.STARTS]
        self.assertAlmostEqual(min(costs), max(costs), places=9)

    def test_fit_does_not_depend_on_the_unit_of_time(self):
        days = self.cdnow._replace(last=self.cdnow.last * 7, age=self.cdnow.age * 7)
        r, alpha, a, b = bg_nbd.fit(days).parameters
        for value, published in zip((r, alpha / 7, a, b), PUBLISHED, strict=True):
            self.assertAlmostEqual(value, published, delta=0.0006)

    def test_slope_is_that_of_the_likelihood(self):
        logs = np.log([0.3, 5, 0.7, 2])
        slope = approx_fprime(logs, lambda at: bg_nbd._cost(np.exp(at), self.cdnow)[0], 1e-7)
        np.testing.assert_allclose(bg_nbd._cost(np.exp(logs), self.cdnow)[1], slope, atol=1e-6)

    def test_example_of_the_article(self):
        """x = 2, t_x = 30.43, T = 38.86: 1.226 purchases in 39 weeks."""
        parameters = bg_nbd.fit(self.cdnow).parameters
        found, places = bg_nbd.histories([2, 1, 0], [213, 12, 0], [272, 272, 272])
        expected = bg_nbd.expected_purchases(parameters, found, cdnow.WEEKS)[places]
        self.assertAlmostEqual(expected[0], 1.2259, places=3)
        active = bg_nbd.active_probability(parameters, found)[places]
        self.assertAlmostEqual(active[0], 0.7266, places=3)
        self.assertAlmostEqual(active[1], 0.2122, places=3)
        self.assertTrue(np.isnan(active[2]))

    def test_next_39_weeks_better_than_the_naive_rate(self):
        """Judged by the total: 1,882 purchases; the model says 1,653, the rate so far 2,930."""
        fit = bg_nbd.fit(self.cdnow)
        expected = bg_nbd.expected_purchases(fit.parameters, self.cdnow, cdnow.WEEKS)
        model = expected @ self.cdnow.count
        naive = (self.cdnow.repeats / self.cdnow.age * cdnow.WEEKS) @ self.cdnow.count
        actual = cdnow.later_purchases()
        self.assertEqual(actual, 1882)
        self.assertAlmostEqual(model, 1653, delta=1)
        self.assertAlmostEqual(naive, 2930, delta=1)
        self.assertLess(abs(model - actual), abs(naive - actual) / 4)

    def test_past_39_weeks(self):
        """What the model makes of the very weeks it was fitted to is nearly what was."""
        fit = bg_nbd.fit(self.cdnow)
        model = bg_nbd.expected_repeats(fit.parameters, self.cdnow.age) @ self.cdnow.count
        self.assertAlmostEqual(model / 2457, 1, delta=0.02)

    def test_same_as_the_formula_of_the_article(self):
        r, alpha, a, b = parameters = bg_nbd.Parameters(*PUBLISHED)
        x, last, age, _count = self.cdnow
        weeks, top = 52, a + b + x - 1
        series = hyp2f1(r + x, b + x, top, weeks / (alpha + age + weeks))
        stay = ((alpha + age) / (alpha + age + weeks)) ** (r + x) * series
        gone = np.where(x > 0, a / (b + x - 1) * ((alpha + age) / (alpha + last)) ** (r + x), 0)
        expected = top / (a - 1) * (1 - stay) / (1 + gone)
        ours = bg_nbd.expected_purchases(parameters, self.cdnow, weeks)
        np.testing.assert_allclose(ours, expected, rtol=1e-9)

    def test_gaps_of_the_formula_are_filled(self):
        """Nothing jumps where a is 1, or a + b is 1."""
        for a, b in ((1, 2), (0.4, 0.6)):
            around = [
                bg_nbd.expected_purchases(bg_nbd.Parameters(0.5, 5, near, b), self.cdnow, 52)
                for near in (a - 1e-4, a, a + 1e-4)
            ]
            np.testing.assert_allclose(around[1], around[0], rtol=2e-3)
            np.testing.assert_allclose(around[1], around[2], rtol=2e-3)

    def test_extreme_customers_and_parameters_give_numbers(self):
        """Thousands of purchases do not overflow, nor do customers who (never) leave at once."""
        repeats, last, age = [0, 0, 1, 5, 300, 3000], [0, 0, 1, 9, 2000, 7000], [0, 7300] * 3
        found, _places = bg_nbd.histories(repeats, last, [*age[:4], 2001, 7300])
        rng = np.random.default_rng(1)
        for r, alpha, a, b in np.exp(rng.uniform(np.log(1e-3), np.log(1e3), (200, 4))).tolist():
            parameters = bg_nbd.Parameters(r, 20 * alpha, a, b)
            expected = bg_nbd.expected_purchases(parameters, found, 365 / 7)
            self.assertTrue(np.isfinite(expected).all(), parameters)
            self.assertGreaterEqual(expected.min(), 0, parameters)
            self.assertTrue(np.isfinite(bg_nbd.log_likelihood(parameters, found)), parameters)

    def test_who_never_leaves_is_no_settled_fit(self):
        """Customers who all buy every week to the end: leaving cannot be learnt from them."""
        found, _places = bg_nbd.histories([50, 100, 150], [350, 700, 1050], [350, 700, 1050])
        self.assertFalse(bg_nbd.fit(found).settled)

    def test_invented_customers_do_what_the_fit_says(self):
        repeats, last, age, future = invented_customers(3000, (0.8, 12, 0.6, 3), seed=1)
        found, _places = bg_nbd.histories(repeats, last, age)
        fit = bg_nbd.fit(found)
        self.assertTrue(fit.settled)
        model = bg_nbd.expected_purchases(fit.parameters, found, 365 / 7) @ found.count
        self.assertAlmostEqual(model / future.sum(), 1, delta=0.1)


def invented_customers(size, parameters, seed):
    """Return repeats, last, age in days, and purchases of the next year, of random customers."""
    r, alpha, a, b = parameters
    rng = np.random.default_rng(seed)
    age, pace = rng.integers(1, 1500, size), rng.gamma(r, 1 / alpha, size) / 7
    leaves = rng.beta(a, b, size)
    repeats, last, future = np.zeros((3, size), dtype=int)
    there, now = np.full(size, True), np.zeros(size)
    while there.any():
        now = now + rng.exponential(1 / pace)
        there &= now < age + 365
        day = np.floor(now).clip(max=1e6).astype(int)
        bought = there & (now < age) & (day > last)
        repeats[bought] += 1
        last[bought] = day[bought]
        future[there & (now >= age)] += 1
        there &= rng.random(size) > leaves
    return repeats, last, age, future
