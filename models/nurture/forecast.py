"""The messages of a forecast by day, week or month, and in which words, as plain functions."""

from datetime import timedelta

#: Days that one bar may stand for.
WIDTHS = (1, 7, 28)


def bars(counts, most=45):
    """Give bars for the messages of some days: list of (first day, last day, count).

    Days without messages have their bar; if there were too many bars, each stands for a week or
    for four.

    >>> from datetime import date
    >>> bars({date(2026, 6, 1): 5, date(2026, 6, 3): 2}) == [
    ...     (date(2026, 6, 1), date(2026, 6, 1), 5),
    ...     (date(2026, 6, 2), date(2026, 6, 2), 0),
    ...     (date(2026, 6, 3), date(2026, 6, 3), 2),
    ... ]
    True
    >>> [count for _first, _last, count in bars({date(2026, 6, day): day for day in (1, 7, 8)}, 2)]
    [8, 8]
    >>> bars({})
    []
    """
    if not counts:
        return []
    first, last = min(counts), max(counts)
    days = (last - first).days + 1
    width = next((width for width in WIDTHS if days <= width * most), WIDTHS[-1])
    sums = [0] * (-(-days // width))
    for day, count in counts.items():
        sums[(day - first).days // width] += count
    starts = [first + timedelta(days=width * number) for number in range(len(sums))]
    return [
        (start, min(last, start + timedelta(days=width - 1)), count)
        for start, count in zip(starts, sums, strict=True)
    ]
