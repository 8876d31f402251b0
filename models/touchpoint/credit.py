"""Who gets the credit for a purchase: the four models of attribution.

Shares are decimals of six digits. What rounding leaves over goes to the last touch, so that the
shares of a purchase are exactly 1 and the parts of an amount exactly the amount, in each model.
The same arithmetic as plain functions and as SQL.
"""

from decimal import ROUND_HALF_UP, Decimal

from odoo.tools import SQL

MODELS = ("first", "last", "linear", "decay")
ONE = Decimal("1.000000")
STEP = Decimal("0.000001")


def shares(model, ages, half_life):
    """Give the share of each touch in a purchase.

    :param str model: one of `MODELS`
    :param ages: how many seconds before the purchase each touch was, the first touch first
    :param half_life: after so many days a touch counts half, by time decay

    >>> [str(share) for share in shares("linear", [30, 20, 10], 7)]
    ['0.333333', '0.333333', '0.333334']
    >>> [str(share) for share in shares("decay", [7 * 86400, 0], 7)]
    ['0.333333', '0.666667']
    >>> [str(share) for share in shares("first", [30, 20, 10], 7)]
    ['1.000000', '0.000000', '0.000000']
    """
    weights = _weights(model, ages, half_life)
    total = sum(weights)
    head = [_round(weight / total, STEP) for weight in weights[:-1]]
    return [*head, ONE - sum(head)]


def split(amount, parts):
    """Split an amount by shares, to the cent; the last part takes what rounding leaves.

    >>> [str(part) for part in split(Decimal("100.00"), shares("linear", [3, 2, 1], 7))]
    ['33.33', '33.33', '33.34']
    """
    head = [_round(amount * part, Decimal("0.01")) for part in parts[:-1]]
    return [*head, amount - sum(head)]


def _weights(model, ages, half_life):
    if model == "linear":
        return [Decimal(1)] * len(ages)
    if model == "decay":
        # fifteen digits, as PostgreSQL makes a decimal of a float
        return [
            _round(Decimal(f"{0.5 ** (age / 86400.0 / half_life):.15g}"), Decimal("1e-12"))
            + Decimal("1e-12")
            for age in ages
        ]
    place = 0 if model == "first" else len(ages) - 1
    return [Decimal(int(number == place)) for number in range(len(ages))]


def _round(value, step):
    return value.quantize(step, ROUND_HALF_UP)


def weight_sql(model, half_life):
    """Give the weight of a touch; see `_weights`.

    Columns: `age` in seconds, `place` and `last_place` among the touches of the purchase.
    """
    if model == "first":
        return SQL("(place = 1)::int::numeric")
    if model == "last":
        return SQL("(place = last_place)::int::numeric")
    if model == "linear":
        return SQL("1::numeric")
    return SQL(
        "(round(power(0.5::float8, age / 86400.0::float8 / %s::float8)::numeric, 12) + 1e-12)",
        half_life,
    )


def share_sql(model):
    """Give the share of a touch before the rest is given to the last one."""
    weight = SQL.identifier(f"{model}_weight")
    return SQL("round(%s / sum(%s) OVER purchase, 6)", weight, weight)


def with_rest_sql(total, part):
    """Give a part of a total, the last one with what rounding left over.

    Columns: `place` and `last_place`.
    """
    return SQL(
        "CASE WHEN place < last_place THEN %(part)s ELSE %(total)s"
        " - (sum(%(part)s) OVER purchase - %(part)s) END",
        part=part,
        total=total,
    )
