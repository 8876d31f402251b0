"""How many members there were on each day, from what entered and left since.

Plain functions on plain values.
"""

from datetime import timedelta

DAILY = 90  # days that are shown one by one; what is older is shown by the week
WEEKS = 52


def ticks(first, today):
    """Give the days at whose end the members are counted, oldest first.

    Every day of a young segment; every week, for a year, of an older one. The last day
    is always today.

    >>> from datetime import date
    >>> ticks(date(2026, 5, 1), date(2026, 5, 3))
    [datetime.date(2026, 5, 1), datetime.date(2026, 5, 2), datetime.date(2026, 5, 3)]
    >>> weekly = ticks(date(2025, 1, 1), date(2026, 5, 3))
    >>> len(weekly), weekly[-1] - weekly[-2] == timedelta(days=7), weekly[-1]
    (53, True, datetime.date(2026, 5, 3))
    >>> ticks(date(2026, 5, 3), date(2026, 5, 3))
    [datetime.date(2026, 5, 3)]
    """
    age = max((today - first).days, 0)
    step, count = (1, age) if age <= DAILY else (7, min(age // 7, WEEKS))
    return [today - timedelta(days=step * back) for back in range(count, -1, -1)]


def levels(now, changes, days):
    """Give the number of members at the end of each day.

    :param int now: members after the last of the changes
    :param dict changes: day -> how many entered on it, less how many left
    :param days: the days asked for, oldest first

    >>> levels(10, {1: 4, 3: 5, 4: -1}, [0, 1, 2, 3, 4, 5])
    [2, 6, 6, 11, 10, 10]
    >>> levels(7, {}, [1, 2])
    [7, 7]
    """
    later = sorted(changes.items(), reverse=True)
    counts, level = [], now
    for day in reversed(days):
        while later and later[0][0] > day:
            level -= later.pop(0)[1]
        counts.append(level)
    return counts[::-1]


def change_in_percent(now, change):
    """Give the change in percent of what there was before; None if there was nothing.

    >>> change_in_percent(110, 10), change_in_percent(90, -10), change_in_percent(5, 5)
    (10, -10, None)
    """
    before = now - change
    return round(100 * change / before) if before > 0 else None
