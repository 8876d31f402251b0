"""What a purchase of a customer will be worth: the Gamma-Gamma model, as plain functions.

Fader, Hardie: The Gamma-Gamma Model of Monetary Value, note 025, 2013.

What does it assume?
    The amounts of a customer vary around a mean of his own; the means of the customers are spread
    too (parameters `p`, `q`, `gamma`). How much somebody spends has nothing to do with how often
    he buys: `correlation` tells whether that is so.
What does it give?
    An average between what the customer has spent and what customers spend in general; the more
    often he bought, the more his own purchases count.

Needs numpy and scipy, which are not required of every installation: import this module only
where it is used.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

# Where the search starts, and its limits; amounts are in units of their median.
STARTS = ((1.0, 1.5, 1.0), (6.0, 4.0, 1.0), (1.0, 10.0, 10.0))
LOWEST, HIGHEST = 1e-4, 1e4


class Parameters(NamedTuple):
    """The parameters of all customers together; `gamma` in the currency of the amounts."""

    p: float
    q: float
    gamma: float


class Fit(NamedTuple):
    """The most likely parameters; `settled` when the search ended well.

    That is: not at its limits, and with customers who spend a finite amount on average.
    """

    parameters: Parameters
    log_likelihood: float
    settled: bool


def fit(repeats, means):
    """Return the `Fit` to customers who bought again, for positive amounts.

    :param repeats: numbers of repeat purchases, each at least 1
    :param means: mean amounts of the repeat purchases, each above 0
    """
    repeats, means = np.asarray(repeats, dtype=np.int64), np.asarray(means, dtype=float)
    unit = np.median(means)
    best = min((_search(repeats, means / unit, start) for start in STARTS), key=lambda r: r.fun)
    p, q, gamma = np.exp(best.x).tolist()
    parameters = Parameters(p, q, float(gamma * unit))
    inside = np.abs(best.x[:, None] - np.log([LOWEST, HIGHEST])).min() > 0.01
    likelihood = log_likelihood(parameters, repeats, means)
    return Fit(parameters, likelihood, bool(best.success and inside and q > 1))


def _search(repeats, means, start):
    return minimize(
        lambda logs: _cost(np.exp(logs), repeats, means),
        np.log(start),
        jac=True,
        method="L-BFGS-B",
        bounds=[(np.log(LOWEST), np.log(HIGHEST))] * 3,
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7},
    )


def _cost(values, repeats, means):
    """Return the mean negative log-likelihood, and its slope by the parameters' logs."""
    likelihoods, slopes = _log_likelihoods(Parameters(*values), repeats, means)
    return -likelihoods.mean(), -slopes.mean(axis=1) * values


def log_likelihood(parameters, repeats, means):
    """Return the logarithm of the probability density of these mean amounts.

    >>> cdnow = Parameters(6.25, 3.74, 15.44)
    >>> round(log_likelihood(cdnow, np.array([2, 1]), np.array([22.35, 11.77])), 4)
    -7.289
    """
    return float(_log_likelihoods(parameters, repeats, means)[0].sum())


def _log_likelihoods(parameters, x, means):
    """Return the log-likelihood of each customer, and its three slopes by the parameters."""
    p, q, gamma = parameters
    steps = np.maximum(np.arange(x.max() + 1), 1)
    table = gammaln(p * steps + q) - gammaln(p * steps) - gammaln(q)
    table += q * np.log(gamma) + p * steps * np.log(steps)
    pull = np.log(gamma + x * means)
    likelihoods = table[x] + (p * x - 1) * np.log(means) - (p * x + q) * pull
    slopes = (
        (steps * (digamma(p * steps + q) - digamma(p * steps) + np.log(steps)))[x]
        + x * (np.log(means) - pull),
        (digamma(p * steps + q) - digamma(q) + np.log(gamma))[x] - pull,
        q / gamma - (p * x + q) / (gamma + x * means),
    )
    return likelihoods, np.stack(slopes)


def expected_mean(parameters, repeats, means):
    """Return what a purchase of each customer will be worth on average.

    Without repeats: what customers spend in general. A mean below zero (more given back than
    bought) counts as zero.

    >>> cdnow = Parameters(6.25, 3.74, 15.44)
    >>> expected_mean(cdnow, np.array([2, 20, 0]), np.array([22.35, 22.35, 0])).round(2).tolist()
    [24.66, 22.63, 35.22]
    """
    p, q, gamma = parameters
    return p * (gamma + repeats * np.maximum(means, 0)) / (p * repeats + q - 1)


def correlation(repeats, means):
    """Return how much frequency and amount go together, from -1 to 1; 0 when nothing varies.

    >>> correlation([1, 2, 3], [10, 20, 30]), correlation([1, 1], [10, 20])
    (1.0, 0.0)
    """
    if np.ptp(repeats) == 0 or np.ptp(means) == 0:
        return 0.0
    return float(np.corrcoef(repeats, means)[0, 1].round(12))
