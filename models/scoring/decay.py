"""What events are worth after some time: the arithmetic of one rule, as plain functions.

The refresh does the same in SQL, see `score_sql`; tests compare the two.
"""

import math

#: Lets 2.4999999999 be 2.5, in whichever order the events are added up.
TOLERANCE = 1e-9


def remaining(age_days, half_life_days):
    """Give the share of its points that an event still has.

    :param int half_life_days: after so many days half is left; 0: points stay

    >>> remaining(0, 30), remaining(30, 30), remaining(60, 30)
    (1.0, 0.5, 0.25)
    >>> remaining(1_000, 0)
    1.0
    """
    return 0.5 ** (max(age_days, 0) / half_life_days) if half_life_days else 1.0


def in_window(age_days, window_days):
    """Tell whether an event is recent enough to count; 0 days: always.

    >>> in_window(30, 30), in_window(31, 30), in_window(9_999, 0)
    (True, False, True)
    """
    return not window_days or age_days <= window_days


def capped(points, max_points):
    """Keep points, good or bad, within the limit of their rule; 0: no limit.

    >>> capped(24, 15), capped(-24, 15), capped(24, 0), capped(7, 15)
    (15, -15, 24, 7)
    """
    if not max_points:
        return points
    return max(-max_points, min(points, max_points))


def whole(points):
    """Round to a whole number, halves up, so that points can be added up by eye.

    >>> whole(2.5), whole(2.4), whole(-2.5), whole(0.1 + 0.2 + 2.2)
    (3, 2, -2, 3)
    """
    return math.floor(points + 0.5 + TOLERANCE)


def rule_points(ages, points, half_life_days=0, window_days=0, max_points=0):
    """Give the whole points of a rule for events of these ages in days.

    >>> rule_points([2, 40, 200], points=5, half_life_days=30, window_days=90)
    7
    >>> rule_points([0, 0, 0], points=5, max_points=12)
    12
    >>> rule_points([], points=5)
    0
    """
    counted = [age for age in ages if in_window(age, window_days)]
    total = sum(points * remaining(age, half_life_days) for age in counted)
    return whole(capped(total, max_points))
