"""How a figure becomes a score of 1 to 5: cuts, as plain functions.

A figure is compared with four *cuts*, those of the scores 2, 3, 4 and 5. So equal figures
always get equal scores, whatever else is in the database. Purchases and amounts reach a
score from the cut on ("6 purchases or more"); days since the last purchase reach it up to
the cut ("within 30 days"). Two equal cuts leave a score that nobody gets: with many equal
figures (most customers bought once) this is as it should be.
"""

from datetime import date

DIMENSIONS = ("r", "f", "m")
SCORES = (1, 2, 3, 4, 5)

#: The share of customers below which a score ends, for cuts taken from the customers.
SHARES = {2: 0.2, 3: 0.4, 4: 0.6, 5: 0.8}


def column(dimension, score):
    """Give the name of the cut of a score.

    >>> column("f", 4)
    'f_cut_4'
    """
    return f"{dimension}_cut_{score}"


COLUMNS = tuple(column(dimension, score) for dimension in DIMENSIONS for score in SCORES[1:])


def score(value, cuts, *, falling=False):
    """Give the score of a figure.

    :param cuts: those of the scores 2 to 5
    :param bool falling: whether a lower figure is the better one (days)

    >>> score(6, (2, 4, 6, 12)), score(1, (2, 4, 6, 12)), score(40, (2, 4, 6, 12))
    (4, 1, 5)
    >>> score(30, (365, 180, 90, 30), falling=True), score(400, (365, 180, 90, 30), falling=True)
    (5, 1)
    """
    return 1 + sum(value <= cut if falling else value >= cut for cut in cuts)


def quantile_cuts(values, *, falling=False):
    """Give the cuts that share out the customers in fifths, equal figures together.

    A customer's rank is the share of the others that are worse (SQL's `percent_rank`); the
    cut of a score is the worst figure whose rank reaches it. A score that no rank reaches
    gets a cut that nobody reaches.

    >>> quantile_cuts([1] * 6 + [2, 2, 3, 9])
    (2, 2, 2, 3)
    >>> quantile_cuts([5, 10, 20, 40, 80, 160], falling=True)
    (80, 40, 20, 10)
    >>> quantile_cuts([7, 7, 7])
    (8, 8, 8, 8)
    """
    ordered = sorted(values, reverse=falling)
    last = len(ordered) - 1
    first_places = {value: place for place, value in reversed(list(enumerate(ordered)))}
    nobody = -1 if falling else ordered[-1] + 1
    return tuple(
        next((v for v in ordered if last and first_places[v] / last >= share), nobody)
        for share in SHARES.values()
    )


def bounds(cuts, wanted):
    """Give the figures that get a score: (from, up to but not including); None is no bound.

    >>> bounds((2, 4, 6, 12), 4), bounds((2, 4, 6, 12), 1), bounds((2, 4, 6, 12), 5)
    ((6, 12), (None, 2), (12, None))
    """
    edges = (None, *cuts, None)
    return edges[wanted - 1], edges[wanted]


def falling_bounds(cuts, wanted):
    """Give the days that get a score: (more than, up to); None is no bound.

    >>> falling_bounds((365, 180, 90, 30), 5), falling_bounds((365, 180, 90, 30), 4)
    ((None, 30), (30, 90))
    >>> falling_bounds((365, 180, 90, 30), 1)
    (365, None)
    """
    edges = (None, *cuts, None)
    return edges[wanted], edges[wanted - 1]


def ordered(cuts, *, falling=False):
    """Tell whether cuts go one way: a better score never asks for less.

    >>> ordered((2, 4, 4, 12)), ordered((2, 6, 4, 12)), ordered((365, 180, 90, 30), falling=True)
    (True, False, True)
    """
    return list(cuts) == sorted(cuts, reverse=falling)


def quarter_start(day):
    """Give the first day of the quarter of a day.

    >>> quarter_start(date(2026, 11, 21))
    datetime.date(2026, 10, 1)
    """
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def month_ends(day, count, since):
    """Give the last `count` month ends before a day, oldest first, none before `since`.

    >>> [str(end) for end in month_ends(date(2026, 3, 31), 2, date(2020, 1, 1))]
    ['2026-01-31', '2026-02-28']
    >>> month_ends(date(2026, 3, 31), 2, date(2026, 3, 1))
    []
    """
    ends = []
    first = day.replace(day=1)
    for _month in range(count):
        end = date.fromordinal(first.toordinal() - 1)
        if end < since:
            break
        ends.append(end)
        first = end.replace(day=1)
    return ends[::-1]
