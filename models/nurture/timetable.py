"""When a step is due: waits in calendar units, in the time zone of the person, in sending hours.

Plain functions on plain values. Moments are naive and in UTC, as Odoo keeps them.
"""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

#: Units of a wait. Minutes and hours are durations; the others keep the local time of day.
UNITS = ("minutes", "hours", "days", "weeks", "months")


def localized(moment, zone):
    """Give a moment in UTC as local time.

    >>> from datetime import datetime
    >>> localized(datetime(2026, 7, 1, 12), "Europe/Paris").isoformat()
    '2026-07-01T14:00:00+02:00'
    """
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))


def in_utc(local):
    """Give a local time as a moment in UTC, naive.

    An hour that the clock skips is the hour after it.

    >>> from datetime import datetime
    >>> in_utc(datetime(2026, 3, 29, 2, 30, tzinfo=ZoneInfo("Europe/Paris"))).isoformat()
    '2026-03-29T01:30:00'
    """
    return local.astimezone(UTC).replace(tzinfo=None)


def after(moment, number, unit, zone="UTC"):
    """Give the moment so many units later.

    Days, weeks and months keep the time of day of the person, over daylight saving, too; a month
    that is shorter ends on its last day.

    >>> from datetime import datetime
    >>> after(datetime(2026, 1, 31, 9), 1, "months").isoformat()
    '2026-02-28T09:00:00'
    >>> after(datetime(2026, 3, 28, 9), 1, "days", "Europe/Paris").isoformat()
    '2026-03-29T08:00:00'
    >>> after(datetime(2026, 3, 28, 9), 24, "hours", "Europe/Paris").isoformat()
    '2026-03-29T09:00:00'
    """
    if unit in ("minutes", "hours"):
        return moment + timedelta(**{unit: number})
    return in_utc(localized(moment, zone) + relativedelta(**{unit: number}))
