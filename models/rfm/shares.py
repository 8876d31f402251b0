"""Shares of a whole, as plain functions."""


def percentages(counts):
    """Give the share of each count in percent, with one decimal, so that they sum to 100.

    Rounded one by one they would sum to 99.9 or 100.1; the tenths that are missing go to those
    that lost most by rounding down.

    >>> percentages([1, 1, 1])
    [33.4, 33.3, 33.3]
    >>> percentages([0, 5]), percentages([0, 0]), percentages([])
    ([0.0, 100.0], [0.0, 0.0], [])
    """
    total = sum(counts)
    if not total:
        return [0.0 for _count in counts]
    tenths = [1000 * count // total for count in counts]
    by_loss = sorted(range(len(counts)), key=lambda place: -(1000 * counts[place] % total))
    for place in by_loss[: 1000 - sum(tenths)]:
        tenths[place] += 1
    return [tenth / 10 for tenth in tenths]
