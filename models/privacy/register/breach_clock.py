"""The clock of a breach: 72 hours from the moment the controller knows of it (art. 33).

The hours are those of the calendar: nights, weekends and holidays count. All moments are naive
UTC, as Odoo keeps them, so that a change to summer or winter time neither gives nor takes an hour.
"""

from datetime import timedelta

HOURS = 72
#: When the officer is reminded, in hours before the deadline; and once when it has passed.
REMINDERS = (24, 4, 0)


def deadline(aware_at):
    """Give the moment until which the authority must be notified.

    >>> from datetime import datetime
    >>> deadline(datetime(2026, 3, 27, 9))
    datetime.datetime(2026, 3, 30, 9, 0)

    In Paris the clocks went forward in between: 10:00 on Friday becomes 11:00 on Monday.

    >>> from zoneinfo import ZoneInfo
    >>> paris, utc = ZoneInfo("Europe/Paris"), ZoneInfo("UTC")
    >>> known = datetime(2026, 3, 27, 10, tzinfo=paris).astimezone(utc).replace(tzinfo=None)
    >>> str(deadline(known).replace(tzinfo=utc).astimezone(paris))
    '2026-03-30 11:00:00+02:00'
    """
    return aware_at + timedelta(hours=HOURS)


def hours_left(aware_at, at):
    """Count the whole hours that are left; negative when the deadline has passed.

    An hour that has begun to be late is an hour late.

    >>> from datetime import datetime
    >>> known = datetime(2026, 5, 1, 8)
    >>> hours_left(known, known), hours_left(known, datetime(2026, 5, 4, 7, 1))
    (72, 0)
    >>> hours_left(known, datetime(2026, 5, 4, 8)), hours_left(known, datetime(2026, 5, 4, 8, 1))
    (0, -1)
    """
    return int((deadline(aware_at) - at).total_seconds() // 3600)


def is_late(aware_at, notified_at):
    """Tell whether a notification came after the deadline: reasons must then be given.

    >>> from datetime import datetime
    >>> known = datetime(2026, 5, 1, 8)
    >>> is_late(known, datetime(2026, 5, 4, 8)), is_late(known, datetime(2026, 5, 4, 8, 0, 1))
    (False, True)
    """
    return notified_at > deadline(aware_at)


def reminders(aware_at, after):
    """Give the moments, after one of them, when the officer is reminded.

    >>> from datetime import datetime
    >>> known = datetime(2026, 5, 1, 8)
    >>> [str(moment) for moment in reminders(known, datetime(2026, 5, 3, 10))]
    ['2026-05-04 04:00:00', '2026-05-04 08:00:00']
    """
    end = deadline(aware_at)
    moments = (end - timedelta(hours=hours) for hours in REMINDERS)
    return [moment for moment in moments if moment > after]
