"""The order of the lifecycle: what is further, what a move means, how long it took.

Plain functions on plain values. A *position* is the pair ``(kind, sequence)`` of a
stage, or ``None`` for a record that is in no stage.
"""

KINDS = ("suspect", "lead", "prospect", "customer", "former")

# A former customer has fallen out: whatever brings one back is progress.
KIND_RANK = {"former": 0, "suspect": 1, "lead": 2, "prospect": 3, "customer": 4}

# The kinds that bring a former customer back; a mere sign of interest does not,
# because "former customer" says more about a person than "lead".
RETURNING_KINDS = ("prospect", "customer")


def rank(position):
    """Give the place of a position in the order of progress.

    >>> rank(("lead", 20)) < rank(("lead", 40)) < rank(("prospect", 10))
    True
    >>> rank(None) < rank(("former", 1)) < rank(("suspect", 1))
    True
    """
    if position is None:
        return (-1, 0)
    kind, sequence = position
    return (KIND_RANK[kind], sequence)


def standing(position):
    """Give what a position says of a person when records of the same person are merged.

    Who has bought once is a former customer rather than a suspect or a lead, whatever the
    other record says.

    >>> suspect, lead, former, prospect = (
    ...     ("suspect", 1), ("lead", 2), ("former", 9), ("prospect", 3)
    ... )
    >>> standing(suspect) < standing(lead) < standing(former) < standing(prospect)
    True
    """
    place, sequence = rank(position)
    former = position is not None and position[0] == "former"
    return (KIND_RANK["lead"] + 0.5 if former else place, sequence)


def direction(before, after):
    """Name the direction of a move from one position to another.

    >>> direction(None, ("suspect", 10))
    'entry'
    >>> direction(("lead", 20), ("customer", 60))
    'forward'
    >>> direction(("customer", 60), ("former", 70))
    'backward'
    >>> direction(("former", 70), ("lead", 20))
    'forward'
    >>> direction(("lead", 20), None)
    'exit'
    """
    if after is None:
        return "exit"
    if before is None:
        return "entry"
    return "forward" if rank(after) > rank(before) else "backward"


def advances(before, after):
    """Tell whether a record may go from one position to another by itself.

    Only forward; and a former customer only comes back by an intent to buy.

    >>> advances(None, ("suspect", 10)), advances(("lead", 20), ("prospect", 50))
    (True, True)
    >>> advances(("customer", 60), ("prospect", 50)), advances(("lead", 20), ("lead", 20))
    (False, False)
    >>> advances(("former", 70), ("lead", 20)), advances(("former", 70), ("customer", 60))
    (False, True)
    """
    if before is not None and before[0] == "former" and after[0] not in RETURNING_KINDS:
        return False
    return rank(after) > rank(before)


def move_date(wanted, previous, now):
    """Give the date of a move: when the event happened, but in the order of the history.

    Like all dates of Odoo's fields it has no fractions of a second.

    :param datetime wanted: when the event happened, or None for now
    :param datetime previous: date of the move before, or None
    :param datetime now: no move lies in the future

    >>> from datetime import datetime
    >>> may, june, july = datetime(2026, 5, 1), datetime(2026, 6, 1), datetime(2026, 7, 1)
    >>> move_date(june, may, july) == june, move_date(may, june, july) == june
    (True, True)
    >>> move_date(july, None, june) == june, move_date(None, may, july) == july
    (True, True)
    """
    date = min(wanted or now, now).replace(microsecond=0)
    return max(date, previous) if previous else date


def days_between(start, end):
    """Count the days from one moment to a later one, with fractions; 0 without a start.

    >>> from datetime import datetime
    >>> days_between(datetime(2026, 5, 1), datetime(2026, 5, 2, 12))
    1.5
    >>> days_between(None, datetime(2026, 5, 2))
    0.0
    """
    if not start:
        return 0.0
    return max((end - start).total_seconds() / 86400, 0.0)
