import unittest

from odoo.tests.common import BaseCase

from ...models.rfm import scipy_guard
from . import cdnow

if scipy_guard.available():
    import numpy as np
    from scipy.optimize import approx_fprime

    from ...models.rfm import gamma_gamma

# as published: table 2 of note 025
PUBLISHED = (6.25, 3.74, 15.44)


@unittest.skipUnless(scipy_guard.available(), "scipy is not installed")
class TestGammaGamma(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        repeats, _last, _age, cents = map(np.array, cdnow.customers())
        again = repeats > 0
        cls.repeats = repeats[again]
        cls.means = cents[again] / 100 / cls.repeats

    def test_fit_is_the_published_one(self):
        fit = gamma_gamma.fit(self.repeats, self.means)
        for value, published in zip(fit.parameters, PUBLISHED, strict=True):
            self.assertAlmostEqual(value, published, delta=0.006)
        self.assertAlmostEqual(fit.log_likelihood, -4055.92, places=2)
        self.assertTrue(fit.settled)

    def test_fit_does_not_depend_on_the_currency(self):
        p, q, gamma = gamma_gamma.fit(self.repeats, self.means * 1000).parameters
        for value, published in zip((p, q, gamma / 1000), PUBLISHED, strict=True):
            self.assertAlmostEqual(value, published, delta=0.006)

    def test_slope_is_that_of_the_likelihood(self):
        logs = np.log([5, 3, 30])
        cost = gamma_gamma._cost
        slope = approx_fprime(logs, lambda at: cost(np.exp(at), self.repeats, self.means)[0], 1e-7)
        ours = cost(np.exp(logs), self.repeats, self.means)[1]
        np.testing.assert_allclose(ours, slope, atol=1e-5)

    def test_frequency_and_amount_of_cdnow_are_independent(self):
        self.assertAlmostEqual(gamma_gamma.correlation(self.repeats, self.means), 0.114, places=3)

    def test_expected_mean_lies_between_own_and_general(self):
        parameters = gamma_gamma.Parameters(*PUBLISHED)
        general = gamma_gamma.expected_mean(parameters, 0, 0)
        expected = gamma_gamma.expected_mean(parameters, self.repeats, self.means)
        self.assertTrue((expected >= np.minimum(self.means, general)).all())
        self.assertTrue((expected <= np.maximum(self.means, general)).all())

    def test_more_given_back_than_bought_counts_as_nothing(self):
        parameters = gamma_gamma.Parameters(*PUBLISHED)
        repeats = np.array([3, 3])
        below, none = gamma_gamma.expected_mean(parameters, repeats, np.array([-50.0, 0.0]))
        self.assertEqual(below, none)
        self.assertGreater(none, 0)

    def test_equal_amounts_are_no_settled_fit(self):
        fit = gamma_gamma.fit(np.full(200, 3), np.full(200, 25.0))
        self.assertFalse(fit.settled)

    def test_invented_customers_spend_what_the_fit_says(self):
        rng = np.random.default_rng(1)
        repeats = rng.integers(1, 10, 5000)
        own = rng.gamma(4, 1 / 60, 5000)  # q = 4, gamma = 60
        means = rng.gamma(3 * repeats) / own / repeats  # p = 3
        fit = gamma_gamma.fit(repeats, means)
        for value, true in zip(fit.parameters, (3, 4, 60), strict=True):
            self.assertAlmostEqual(value / true, 1, delta=0.1)
