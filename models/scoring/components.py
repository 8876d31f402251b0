"""How the parts become one score of 0 to 100, and what the score is called.

The refresh does the same in SQL, see `score_sql`; tests compare the two.
"""

#: The parts of a score, in the order they are shown.
COMPONENTS = ("fit", "engagement", "qualification")

#: From the best to the worst.
TEMPERATURES = ("hot", "warm", "cold", "junk")

LOWEST, HIGHEST = 0, 100


def clamp(points):
    """Keep a part between 0 and 100.

    >>> clamp(-10), clamp(66), clamp(114)
    (0, 66, 100)
    """
    return max(LOWEST, min(points, HIGHEST))


def weighted(values, weights):
    """Give the mean of the parts that exist, by their weights, halves rounded up.

    :param dict values: part -> 0 to 100, or None for a part that does not exist
    :param dict weights: part -> weight

    >>> weights = {"fit": 30, "engagement": 40, "qualification": 30}
    >>> weighted({"fit": 80, "engagement": 66, "qualification": 75}, weights)
    73
    >>> weighted({"fit": 80, "engagement": 66, "qualification": None}, weights)
    72
    >>> weighted({"fit": None, "engagement": None, "qualification": None}, weights)
    0
    """
    known = [name for name, value in values.items() if value is not None]
    whole = sum(weights[name] for name in known)
    total = sum(weights[name] * values[name] for name in known)
    return (2 * total + whole) // (2 * whole) if whole else 0


def shares(values, weights):
    """Say how many points of the score come from each part; they add up to the score.

    The points are rounded down; those that are missing then go to the parts that lost most.

    >>> weights = {"fit": 30, "engagement": 40, "qualification": 30}
    >>> shares({"fit": 80, "engagement": 66, "qualification": 75}, weights)
    {'fit': 24, 'engagement': 26, 'qualification': 23}
    >>> shares({"fit": 1, "engagement": 0, "qualification": None}, weights)
    {'fit': 0, 'engagement': 0}
    """
    known = {name: value for name, value in values.items() if value is not None}
    whole = sum(weights[name] for name in known)
    if not whole:
        return dict.fromkeys(known, 0)
    exact = {name: weights[name] * value for name, value in known.items()}
    result = {name: points // whole for name, points in exact.items()}
    missing = weighted(values, weights) - sum(result.values())
    for name in sorted(known, key=lambda name: -(exact[name] % whole))[:missing]:
        result[name] += 1
    return result


def temperature(score, junk_below, warm_from, hot_from):
    """Name a score by the thresholds.

    >>> [temperature(score, 10, 40, 70) for score in (9, 10, 39, 40, 69, 70)]
    ['junk', 'cold', 'cold', 'warm', 'warm', 'hot']
    """
    if score < junk_below:
        return "junk"
    return "hot" if score >= hot_from else "warm" if score >= warm_from else "cold"


def in_order(junk_below, warm_from, hot_from):
    """Tell whether thresholds leave room for each temperature between 0 and 100.

    >>> in_order(10, 40, 70), in_order(0, 40, 70), in_order(10, 70, 40), in_order(10, 40, 101)
    (True, True, False, False)
    """
    return LOWEST <= junk_below < warm_from < hot_from <= HIGHEST


def limit_correction(points):
    """Give what the limits 0 and 100 add to the points of a part.

    >>> limit_correction(114), limit_correction(-5), limit_correction(50)
    (-14, 5, 0)
    """
    return clamp(points) - points
