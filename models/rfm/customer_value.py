"""What customers will be worth: both models together, on arrays with one value per customer.

`estimate` fits the models and judges whether they can be believed; `figures` says what a fit means
for each customer. A fit is a dictionary of plain values, so that it can be kept.

When is an estimate refused?
    With too few customers who bought again, or too short a history; when the search for the
    parameters ran away; and when the model cannot even tell the past it was fitted to: the
    repeat purchases that it says should have been must be nearly those that were.
What if only the amounts cannot be estimated?
    Then there are purchases to expect, but no value.

Needs numpy and scipy, which are not required of every installation: import this module only
where it is used.
"""

from typing import NamedTuple

import numpy as np

from . import bg_nbd, gamma_gamma

MIN_REPEATERS = 100
MIN_HISTORY_DAYS = 365

#: How far the repeat purchases of the model may be from those that were.
MAX_MISS = 0.25

#: From here on frequency and amount go together so much that the value must be doubted.
MAX_CORRELATION = 0.3

#: The time that is looked ahead: 12 months.
WEEKS_AHEAD = 365 / 7


class Customers(NamedTuple):
    """Arrays with one value per customer; `repeat_amounts` without the first purchase."""

    repeats: np.ndarray
    last_days: np.ndarray
    age_days: np.ndarray
    repeat_amounts: np.ndarray


class Figures(NamedTuple):
    """What is shown of each customer, as rounded as it is shown; NaN where there is none."""

    p_active: np.ndarray
    expected_purchases: np.ndarray
    expected_value: np.ndarray


class Rows(NamedTuple):
    """What the database knows: ids of the rows, customers, and the figures that they show."""

    ids: np.ndarray
    customers: Customers
    shown: Figures


# ------------------------------------------------------------
# Fit and judge
# ------------------------------------------------------------


@np.errstate(all="ignore")
def estimate(customers):
    """Return the fit to these customers, with its `problem`: why it is refused, or None.

    Numbers that overflow on the way are not worth a warning: what comes out is judged.

    >>> few = Customers(*map(np.array, ([1, 0], [70, 0], [400, 30], [9.5, 0.0])))
    >>> estimate(few)["problem"], estimate(few)["repeaters"]
    ('repeaters', 1)
    """
    fit = _facts(customers)
    if fit["repeaters"] < MIN_REPEATERS:
        return {**fit, "problem": "repeaters"}
    if fit["history_days"] < MIN_HISTORY_DAYS:
        return {**fit, "problem": "history"}
    found, _places = bg_nbd.histories(*customers[:3])
    fit.update(_purchases(found))
    fit.update(_amounts(customers))
    return {**fit, "problem": _problem(fit, found)}


def _facts(customers):
    return {
        "customers": len(customers.repeats),
        "repeaters": int(np.count_nonzero(customers.repeats)),
        "history_days": int(customers.age_days.max(initial=0)),
        "repeats": int(customers.repeats.sum()),
        "min_repeaters": MIN_REPEATERS,
    }


def _purchases(found):
    parameters, log_likelihood, settled = bg_nbd.fit(found)
    model = bg_nbd.expected_repeats(parameters, found.age) @ found.count
    return {
        "purchases": list(parameters),
        "log_likelihood": log_likelihood,
        "settled": settled,
        "model_repeats": float(model),
    }


def _amounts(customers):
    """Fit the amounts of those who bought again for more than they gave back."""
    means = mean_amounts(customers)
    usable = means > 0
    repeats, means = customers.repeats[usable], means[usable]
    if len(means) < MIN_REPEATERS:
        return {"amounts": None, "correlation": 0.0, "doubtful": True}
    fit = gamma_gamma.fit(repeats, means)
    correlation = gamma_gamma.correlation(repeats, means)
    return {
        "amounts": list(fit.parameters) if fit.settled else None,
        "amounts_log_likelihood": fit.log_likelihood,
        "correlation": correlation,
        "doubtful": abs(correlation) > MAX_CORRELATION,
    }


def _problem(fit, found):
    if not fit["settled"]:
        return "unsettled"
    ahead = bg_nbd.expected_purchases(bg_nbd.Parameters(*fit["purchases"]), found, WEEKS_AHEAD)
    if not np.isfinite(ahead).all() or missed(fit) > MAX_MISS:
        return "unlike"
    return None


def missed(fit):
    """Return how far the model is from the repeat purchases that were, as a share of them.

    >>> missed({"repeats": 200, "model_repeats": 190.0})
    0.05
    """
    miss = abs(fit["model_repeats"] - fit["repeats"]) / fit["repeats"]
    return miss if np.isfinite(miss) else np.inf


def mean_amounts(customers):
    """Return the mean amount of the repeat purchases; 0 without any."""
    amounts, repeats = customers.repeat_amounts, customers.repeats
    return np.divide(amounts, repeats, out=np.zeros(len(repeats)), where=repeats > 0)


# ------------------------------------------------------------
# Figures of the customers
# ------------------------------------------------------------


@np.errstate(all="ignore")
def figures(fit, customers):
    """Return the `Figures` of the customers.

    A chance is at least 1 %: nobody can be known to have left. So 0 can stand for "not known".
    """
    parameters = bg_nbd.Parameters(*fit["purchases"])
    found, places = bg_nbd.histories(*customers[:3])
    active = bg_nbd.active_probability(parameters, found)[places]
    purchases = bg_nbd.expected_purchases(parameters, found, WEEKS_AHEAD)[places]
    return Figures(
        np.maximum(np.round(active * 100), 1),
        np.round(purchases, 1),
        np.round(purchases * _expected_means(fit, customers)),
    )


def _expected_means(fit, customers):
    if not fit["amounts"]:
        return np.nan
    parameters = gamma_gamma.Parameters(*fit["amounts"])
    return gamma_gamma.expected_mean(parameters, customers.repeats, mean_amounts(customers))


def rows(chunks):
    """Return the `Rows` from lists of tuples: id, the four of `Customers`, the three of `Figures`.

    >>> found = rows([[(7, 1, 70, 400, 9.5, None, None, None)], [(9, 0, 0, 30, 0.0, None, 0.5, 5)]])
    >>> found.ids.tolist(), found.customers.repeats.tolist(), found.shown.p_active.tolist()
    ([7, 9], [1, 0], [nan, nan])
    """
    arrays = [np.array(chunk, dtype=float) for chunk in chunks] or [np.empty((0, 8))]
    ids, repeats, last, age, amounts, *shown = np.concatenate(arrays).T
    days = (column.astype(np.int64) for column in (repeats, last, age))
    return Rows(ids.astype(np.int64), Customers(*days, amounts), Figures(*shown))


def changes(fit, found):
    """Return the ids of the `Rows` that have to show other figures, and these, as four lists."""
    new = figures(fit, found.customers)
    changed = differ(found.shown, new)
    return [column[changed].tolist() for column in (found.ids, *new)]


def differ(old, new):
    """Tell for each customer whether what is shown has changed; NaN equals NaN.

    >>> old = Figures(*np.array([[50, 50], [1.5, 1.5], [np.nan, np.nan]]))
    >>> new = old._replace(expected_purchases=np.array([1.5, 1.4]))
    >>> differ(old, new)
    array([False,  True])
    """
    pairs = zip(old, new, strict=True)
    return np.any([~((a == b) | (np.isnan(a) & np.isnan(b))) for a, b in pairs], axis=0)
