"""How well a score tells winners from losers, as plain functions."""

BAND_WIDTH = 20


def area_under_curve(winners, losers):
    """Give the chance that a winner has a higher score than a loser; ties count half.

    This is the exact AUC (the Mann-Whitney statistic): 1 puts each winner before each loser,
    0.5 is no better than a coin.

    >>> area_under_curve([80, 90], [10, 20]), area_under_curve([10, 20], [80, 90])
    (1.0, 0.0)
    >>> area_under_curve([50, 70], [50, 30])
    0.875
    >>> area_under_curve([], [50]) is None
    True
    """
    if not winners or not losers:
        return None
    ordered = sorted([(score, True) for score in winners] + [(score, False) for score in losers])
    doubled, beaten, start = 0, 0, 0
    while start < len(ordered):
        end = start
        while end < len(ordered) and ordered[end][0] == ordered[start][0]:
            end += 1
        tied = [won for _score, won in ordered[start:end]]
        lost = tied.count(False)
        doubled += tied.count(True) * (2 * beaten + lost)
        beaten, start = beaten + lost, end
    return doubled / (2 * len(winners) * len(losers))


def band(score, width=BAND_WIDTH):
    """Give the band of a score by its lowest score; 100 is in the highest band.

    >>> [band(score) for score in (0, 19, 20, 99, 100)]
    [0, 0, 20, 80, 80]
    """
    return min(score // width * width, 100 - width)


def histogram(counts, width=10):
    """Count the records of each band of scores.

    :param dict counts: score -> number of records

    >>> histogram({0: 2, 9: 1, 10: 4, 100: 3}, width=50)
    [7, 3]
    """
    result = [0] * (100 // width)
    for score, count in counts.items():
        result[band(score, width) // width] += count
    return result
