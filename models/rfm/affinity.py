"""How much two products belong together: the measures, as plain functions.

The facts are counts: of N customers (or orders), how many bought one product, how many the
other one, how many both. `affinity_sql` computes the same in the database.

* *share* (confidence): of those who bought X, how many also bought Y;
* *lift*: this share against the share of Y among all; 1 means by chance;
* *strength*: the share that is certain, whatever few cases there are. 2 of 2 customers say
  little, 140 of 200 say much: suggestions are ranked by the lower end of the interval of
  Wilson (1927) at 95 %, which is right for small numbers too.
"""

from math import sqrt

#: The 97.5 % point of the normal distribution: both ends of the interval leave 5 % outside.
Z = 1.959964


def share(both, product):
    """Give the share of those with a product who also have the other one.

    >>> share(14, 20), share(0, 0)
    (0.7, 0.0)
    """
    return both / product if product else 0.0


def lift(both, product, related, total):
    """Give how many times more often two products meet than they would by chance.

    >>> lift(14, 20, 40, 100)
    1.75
    >>> lift(8, 20, 40, 100)
    1.0
    """
    return both * total / (product * related) if product and related else 0.0


def strength(both, product):
    """Give the share that is certain, the lower end of Wilson's interval.

    >>> round(strength(14, 20), 3), round(strength(140, 200), 3), round(strength(2, 2), 3)
    (0.481, 0.633, 0.342)
    >>> strength(0, 20), strength(0, 0)
    (0.0, 0.0)
    """
    if not both:
        return 0.0
    part = share(both, product)
    middle = part + Z * Z / (2 * product)
    spread = Z * sqrt((part * (product - both) + Z * Z / 4) / product / product)
    return (middle - spread) / (1 + Z * Z / product)


def is_worth(both, product, related, total, *, min_customers, min_share, min_lift):
    """Tell whether a product is worth being suggested to those who have the other one.

    Enough customers did it, they are a share worth speaking of, and even the share that is
    certain is above what chance would give: no suggestion is better than a weak one.

    >>> rules = {"min_customers": 5, "min_share": 0.2, "min_lift": 1.0}
    >>> is_worth(14, 20, 30, 100, **rules)
    True
    >>> is_worth(14, 20, 60, 100, **rules)  # 60 of 100 have it anyhow: 14 of 20 may be chance
    False
    >>> is_worth(4, 4, 30, 100, **rules), is_worth(15, 100, 15, 1000, **rules)
    (False, False)
    """
    return (
        both >= min_customers
        and share(both, product) >= min_share
        and strength(both, product) * total > min_lift * related
    )
