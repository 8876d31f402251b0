"""When a step is due: waits in calendar units, in the time zone of the person, in sending hours.

Plain functions on plain values. Moments are naive and in UTC, as Odoo keeps them.
"""

from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.relativedelta import relativedelta

#: So many days are looked ahead for an open hour.
DAYS_AHEAD = 370


def zone_of(name):
    """Give a time zone; one that the system does not know (any more) is UTC.

    >>> zone_of("Europe/Paris").key, zone_of("Atlantis/Capital").key
    ('Europe/Paris', 'UTC')
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def localized(moment, zone):
    """Give a moment in UTC as local time.

    >>> from datetime import datetime
    >>> localized(datetime(2026, 7, 1, 12), "Europe/Paris").isoformat()
    '2026-07-01T14:00:00+02:00'
    """
    return moment.replace(tzinfo=UTC).astimezone(zone_of(zone))


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


def on_weekday(moment, weekday, hour, zone="UTC"):
    """Give the next moment, this one included, with this weekday and hour of the person.

    :param int weekday: 0 is Monday; None is any day
    :param float hour: 9.5 is half past nine

    >>> from datetime import datetime
    >>> on_weekday(datetime(2026, 6, 3, 8), 0, 9.5, "Europe/Paris").isoformat()
    '2026-06-08T07:30:00'
    >>> on_weekday(datetime(2026, 6, 3, 7), None, 9, "Europe/Paris").isoformat()
    '2026-06-03T07:00:00'
    """
    local = localized(moment, zone)
    for days in range(15):
        day = local.date() + timedelta(days=days)
        if weekday in (None, day.weekday()):
            found = at_hour(day, hour, zone)
            if found >= moment:
                return found
    return moment


def at_hour(day, hour, zone="UTC"):
    """Give an hour of a day of the person as a moment.

    >>> from datetime import date
    >>> at_hour(date(2026, 6, 8), 9.25, "Europe/Paris").isoformat()
    '2026-06-08T07:15:00'
    """
    return in_utc((datetime.combine(day, time()) + _hours(hour)).replace(tzinfo=zone_of(zone)))


class Hours(NamedTuple):
    """When messages may leave, in the time of whoever gets them.

    `weeks` has for the first and for the second week: weekday -> list of (from, to), as hours;
    `holidays` are pairs of local times.
    """

    weeks: tuple
    holidays: tuple = ()

    def of_day(self, day):
        """Give the open hours of a day, as pairs of local times.

        Weeks are told apart as Odoo's working calendars do: counted from the year 1.
        """
        week = self.weeks[(day.toordinal() - 1) // 7 % 2]
        start = datetime.combine(day, time())
        return [
            (start + _hours(begin), start + _hours(end))
            for begin, end in sorted(week.get(day.weekday(), ()))
        ]

    def past_holidays(self, local):
        """Give the local time after the holidays that it lies in.

        >>> at = lambda day: datetime(2026, 5, day)
        >>> Hours((), ((at(1), at(2)), (at(2), at(3)))).past_holidays(datetime(2026, 5, 1, 9))
        datetime.datetime(2026, 5, 3, 0, 0)
        """
        for begin, end in sorted(self.holidays):
            if begin <= local < end:
                local = end
        return local


def next_open(moment, hours, zone="UTC"):
    """Give the first moment, from this one on, within the hours.

    Hours that are never open within a year hold nobody back.

    >>> week = {day: [(9, 12), (14, 18)] for day in range(5)}
    >>> whitmonday = (datetime(2026, 5, 25), datetime(2026, 5, 26))
    >>> office = Hours((week, week), (whitmonday,))
    >>> next_open(datetime(2026, 5, 21, 8), office, "Europe/Paris").isoformat()
    '2026-05-21T08:00:00'
    >>> next_open(datetime(2026, 5, 21, 10, 30), office, "Europe/Paris").isoformat()
    '2026-05-21T12:00:00'
    >>> next_open(datetime(2026, 5, 22, 16), office, "Europe/Paris").isoformat()
    '2026-05-26T07:00:00'
    """
    local = localized(moment, zone).replace(tzinfo=None)
    for days in range(DAYS_AHEAD):
        for begin, end in hours.of_day(local.date() + timedelta(days=days)):
            found = hours.past_holidays(max(local, begin))
            if found < end:
                opens = in_utc(found.replace(tzinfo=zone_of(zone)))
                return moment if found == local else max(moment, opens)
    return moment


def _hours(number):
    return timedelta(minutes=round(number * 60))
