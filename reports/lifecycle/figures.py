"""The arithmetic of the funnel and of the cohorts, on plain values."""

# the way to buying; a former customer has left it
WAY = ("suspect", "lead", "prospect", "customer")

COHORT_MONTHS = 12


def further(kind):
    """Give the kinds that are further on the way to buying.

    >>> further("lead")
    ('prospect', 'customer')
    >>> further("customer"), further("former")
    ((), ())
    """
    return WAY[WAY.index(kind) + 1 :] if kind in WAY else ()


def rate(part, whole):
    """Give a share in percent, or None when there is nothing to share.

    >>> rate(1, 8), rate(0, 8), rate(0, 0)
    (12.5, 0.0, None)
    """
    return 100.0 * part / whole if whole else None


def months_between(start, end):
    """Count the calendar months from one date to a later one.

    >>> from datetime import date
    >>> months_between(date(2026, 1, 31), date(2026, 2, 1))
    1
    >>> months_between(date(2025, 11, 1), date(2026, 11, 30))
    12
    """
    return (end.year - start.year) * 12 + end.month - start.month


def months_over(month, today, limit=COHORT_MONTHS):
    """Count the months that have ended since a month, up to a limit.

    >>> from datetime import date
    >>> months_over(date(2026, 5, 1), date(2026, 5, 31))
    0
    >>> months_over(date(2026, 5, 1), date(2026, 6, 30)), months_over(
    ...     date(2026, 5, 1), date(2026, 7, 1))
    (0, 1)
    >>> months_over(date(2020, 5, 1), date(2026, 7, 1))
    12
    """
    return min(max(months_between(month, today) - 1, 0), limit)


def cumulate(size, bought, over, limit=COHORT_MONTHS):
    """Give how many of a cohort have bought by the end of each month after its own.

    :param int size: how many there are
    :param dict bought: months until the purchase -> how many
    :param int over: the number of months that have ended
    :return: one ``{"count", "rate"}`` per month; None for a month that is not over

    >>> cumulate(10, {0: 1, 2: 3}, 3, 4)
    [{'count': 1, 'rate': 10.0}, {'count': 4, 'rate': 40.0}, {'count': 4, 'rate': 40.0}, None]
    """
    cells = []
    count = bought.get(0, 0)
    for month in range(1, limit + 1):
        count += bought.get(month, 0)
        cells.append({"count": count, "rate": rate(count, size)} if month <= over else None)
    return cells


def total(rows, limit=COHORT_MONTHS):
    """Give the cells of all cohorts together; each month counts those it is over for.

    >>> total([
    ...     {"size": 10, "cells": [{"count": 1}, {"count": 4}]},
    ...     {"size": 30, "cells": [{"count": 9}, None]},
    ... ], 3)
    [{'count': 10, 'size': 40, 'rate': 25.0}, {'count': 4, 'size': 10, 'rate': 40.0}, None]
    """
    cells = []
    for month in range(limit):
        old = [row for row in rows if month < len(row["cells"]) and row["cells"][month]]
        size = sum(row["size"] for row in old)
        count = sum(row["cells"][month]["count"] for row in old)
        cells.append({"count": count, "size": size, "rate": rate(count, size)} if old else None)
    return cells
