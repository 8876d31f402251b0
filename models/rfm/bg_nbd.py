"""How often customers will buy again: the BG/NBD model, as plain functions on numpy arrays.

Fader, Hardie, Lee: "Counting Your Customers" the Easy Way, Marketing Science 24(2), 2005.

What does it assume?
    A customer buys at random times, at a pace of his own (gamma-distributed with `r`, `alpha`),
    and after each purchase may leave for good, with a probability of his own (beta-distributed
    with `a`, `b`).
What does it need of a customer?
    His *history*: the number of repeat purchases (the first one does not count), the time from
    the first purchase to the last one, and that from the first one to today; times in weeks.
What does it not know?
    Whether a customer without any repeat purchase is still there: he had no occasion to leave, so
    the model says yes by construction. `active_probability` gives no number for him.

Needs numpy and scipy, which are not required of every installation: import this module only
where it is used.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import digamma, expit, gammaln, hyp2f1

DAYS_PER_WEEK = 7

# Where the search for the parameters starts, and the limits it must not run away beyond; times
# are in units of the mean age of the customers, so that weeks and years are alike.
STARTS = ((0.5, 0.5, 0.5, 2.0), (1.0, 1.0, 1.0, 1.0), (2.0, 0.3, 0.2, 5.0), (0.1, 0.05, 1.0, 5.0))
LOWEST, HIGHEST = 1e-4, 1e4

# The formulas have removable gaps at a = 1 and a + b = 1: so far they keep away from them.
GAP = 1e-6


class Parameters(NamedTuple):
    """The parameters of all customers together."""

    r: float
    alpha: float
    a: float
    b: float


class Fit(NamedTuple):
    """The most likely parameters; `settled` when the search ended, and not at its limits."""

    parameters: Parameters
    log_likelihood: float
    settled: bool


class Histories(NamedTuple):
    """The different histories among many customers, and how many customers have each."""

    repeats: np.ndarray
    last: np.ndarray
    age: np.ndarray
    count: np.ndarray


def histories(repeats, last_days, age_days):
    """Collect equal histories; return them, and for each customer the place of his own.

    :param repeats: numbers of repeat purchases, one per customer
    :param last_days: days from the first purchase to the last one
    :param age_days: days from the first purchase to today

    >>> found, places = histories([0, 2, 0], [0, 70, 0], [14, 140, 14])
    >>> found.age.tolist(), found.count.tolist(), places.tolist()
    ([2.0, 20.0], [2, 1], [0, 1, 0])
    """
    columns = [np.asarray(column, dtype=np.int64) for column in (repeats, last_days, age_days)]
    # one number instead of three: sorting rows would take ten times as long
    keys = (columns[0] << 40) | (columns[1] << 20) | columns[2]
    _keys, firsts, places, count = np.unique(
        keys, return_index=True, return_inverse=True, return_counts=True
    )
    repeats, last, age = (column[firsts] for column in columns)
    return Histories(repeats, last / DAYS_PER_WEEK, age / DAYS_PER_WEEK, count), places


# ------------------------------------------------------------
# The parameters
# ------------------------------------------------------------


def fit(found):
    """Return the `Fit` to these histories: the best of several searches.

    :param Histories found: those of at least some customers who bought again
    """
    unit = np.average(found.age, weights=found.count)
    scaled = found._replace(last=found.last / unit, age=found.age / unit)
    best = min((_search(scaled, start) for start in STARTS), key=lambda result: result.fun)
    r, alpha, a, b = np.exp(best.x).tolist()
    parameters = Parameters(r, float(alpha * unit), a, b)
    edges = np.log([LOWEST, HIGHEST])
    inside = np.abs(best.x[:, None] - edges).min() > 0.01
    return Fit(parameters, log_likelihood(parameters, found), bool(best.success and inside))


def _search(found, start):
    return minimize(
        lambda logs: _cost(np.exp(logs), found),
        np.log(start),
        jac=True,
        method="L-BFGS-B",
        bounds=[(np.log(LOWEST), np.log(HIGHEST))] * 4,
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7},
    )


def _cost(values, found):
    """Return the mean negative log-likelihood, and its slope by the logarithms of the parameters.

    The mean and not the sum, so that the search ends as exactly for few customers as for many.
    """
    likelihoods, slopes = _log_likelihoods(Parameters(*values), found)
    customers = found.count.sum()
    slope = (slopes @ found.count) * values / customers
    return -(likelihoods @ found.count) / customers, -slope


def log_likelihood(parameters, found):
    """Return the logarithm of the probability of these histories.

    >>> cdnow = Parameters(0.243, 4.414, 0.793, 2.426)
    >>> two = histories([2], [213], [272])[0]
    >>> round(log_likelihood(cdnow, two), 4)
    -9.4585
    """
    return float(_log_likelihoods(parameters, found)[0] @ found.count)


def _log_likelihoods(parameters, found):
    """Return the log-likelihood of each history, and its four slopes by the parameters.

    All in logarithms, because powers and gamma functions of hundreds of purchases overflow
    (Hardie, note 027). What depends on the number of purchases alone is looked up in a table.
    """
    r, alpha, a, b = parameters
    x, last, age, _count = found
    steps = np.arange(x.max() + 1)
    table = gammaln(r + steps) - gammaln(r) + r * np.log(alpha)
    table += gammaln(a + b) + gammaln(b + steps) - gammaln(b) - gammaln(a + b + steps)

    here, gone = _log_odds(parameters, found)
    either = np.logaddexp(here, gone)
    left = np.exp(gone - either)
    log_age, log_last = np.log(alpha + age), np.log(alpha + last)
    slopes = (
        (digamma(r + steps) - digamma(r) + np.log(alpha))[x]
        - (1 - left) * log_age
        - left * log_last,
        r / alpha - (r + x) * ((1 - left) / (alpha + age) + left / (alpha + last)),
        (digamma(a + b) - digamma(a + b + steps))[x] + left / a,
        (digamma(a + b) + digamma(b + steps) - digamma(b) - digamma(a + b + steps))[x]
        - np.divide(left, b + x - 1, out=np.zeros_like(left), where=x > 0),
    )
    return table[x] + either, np.stack(slopes)


def _log_odds(parameters, found):
    """Return the logarithms of the weights of still being there, and of having left."""
    r, alpha, a, b = parameters
    x, last, age, _count = found
    here = -(r + x) * np.log(alpha + age)
    # who has not bought again had no occasion to leave
    ratio = np.log(a) - np.log(np.where(x > 0, b + x - 1, 1))
    return here, np.where(x > 0, ratio - (r + x) * np.log(alpha + last), -np.inf)


# ------------------------------------------------------------
# What they say of a customer
# ------------------------------------------------------------


def active_probability(parameters, found):
    """Return the probability that each customer is still there; no number without repeats.

    >>> cdnow = Parameters(0.243, 4.414, 0.793, 2.426)
    >>> found, places = histories([2, 1, 0], [213, 12, 0], [272, 272, 272])
    >>> active_probability(cdnow, found)[places].round(2).tolist()
    [0.73, 0.21, nan]
    """
    here, gone = _log_odds(parameters, found)
    return np.where(found.repeats > 0, expit(here - gone), np.nan)


def expected_purchases(parameters, found, weeks):
    """Return how many purchases each customer will make in the next weeks.

    >>> cdnow = Parameters(0.243, 4.414, 0.793, 2.426)
    >>> expected_purchases(cdnow, histories([2], [213], [272])[0], 39).round(3).tolist()
    [1.226]
    """
    here, gone = _log_odds(parameters, found)
    expected = _purchases_if_here(parameters, found.repeats, found.age, weeks)
    return np.maximum(expected, 0) * expit(here - gone)


def expected_repeats(parameters, age):
    """Return how many repeat purchases a customer makes on average in his first weeks.

    >>> float(expected_repeats(Parameters(0.243, 4.414, 0.793, 2.426), 39.0).round(2))
    1.2
    """
    age = np.asarray(age, dtype=float)
    return _purchases_if_here(parameters, np.zeros(age.shape), 0, age)


def _purchases_if_here(parameters, x, age, weeks):
    """Return the purchases to come of customers who are still there.

    The formula takes a power times a hypergeometric function, of which for many purchases one
    vanishes while the other overflows. By Euler's transformation the same product has another
    exponent: the smaller one of the two is taken.
    """
    r, alpha, a, b = _off_the_gaps(parameters)
    top = a + b + x - 1
    share = np.asarray(weeks / (alpha + age + weeks))
    euler = a - 1 < r + x
    exponent = np.where(euler, a - 1, r + x)
    first, second = np.where(euler, top - r - x, r + x), np.where(euler, a - 1, b + x)
    stay = (1 - share) ** exponent * hyp2f1(first, second, top, share)
    return top / (a - 1) * (1 - stay)


def _off_the_gaps(parameters):
    """Move `a` so little off the gaps of the formula that the result does not change.

    >>> _off_the_gaps(Parameters(1, 1, 1.0, 2)).a, _off_the_gaps(Parameters(1, 1, 0.5, 2)).a
    (1.000001, 0.5)
    """
    a = parameters.a
    gap = min(abs(a - 1), abs(a + parameters.b - 1))
    return parameters._replace(a=a + GAP if gap < GAP else a)
