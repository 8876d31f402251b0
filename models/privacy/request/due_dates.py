"""The deadlines of the answers to persons, in calendar months (article 12(3) of the GDPR)."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

MONTHS = 1
EXTENDED_MONTHS = 3
WARNING_DAYS = (10, 3)


def due_date(received, extended=False):
    """Give the last day to answer: a calendar month after receipt, three if extended.

    A month ends on the same day of the next month, or on its last day if there is no such
    day. Weekends and holidays do not move it: what is earlier is never too late.

    >>> from datetime import date
    >>> due_date(date(2026, 3, 15))
    datetime.date(2026, 4, 15)
    >>> due_date(date(2026, 1, 31))
    datetime.date(2026, 2, 28)
    >>> due_date(date(2028, 1, 31))
    datetime.date(2028, 2, 29)
    >>> due_date(date(2026, 11, 30), extended=True)
    datetime.date(2027, 2, 28)
    """
    return received + relativedelta(months=EXTENDED_MONTHS if extended else MONTHS)


def may_extend(received, today, extended=False):
    """Tell whether the deadline can still be extended: once, and before it ends.

    >>> from datetime import date
    >>> may_extend(date(2026, 1, 31), date(2026, 2, 28))
    True
    >>> may_extend(date(2026, 1, 31), date(2026, 3, 1))
    False
    >>> may_extend(date(2026, 1, 31), date(2026, 2, 1), extended=True)
    False
    """
    return not extended and today <= due_date(received)


def urgency(deadline, today):
    """Tell how near a deadline is: quiet, soon (10 days), urgent (3 days) or late.

    >>> from datetime import date
    >>> [urgency(date(2026, 2, 28), date(2026, 2, day)) for day in (17, 18, 25, 28)]
    ['quiet', 'soon', 'urgent', 'urgent']
    >>> urgency(date(2026, 2, 28), date(2026, 3, 1))
    'late'
    """
    left = (deadline - today).days
    soon, urgent = WARNING_DAYS
    if left < 0:
        return "late"
    if left <= urgent:
        return "urgent"
    return "soon" if left <= soon else "quiet"


def days_between(start, end):
    """Give the days from one day to another, None if one is not known.

    >>> from datetime import date
    >>> days_between(date(2026, 4, 1), date(2026, 4, 13))
    12
    >>> days_between(date(2026, 4, 1), None)
    """
    return (end - start).days if start and end else None


def elapsed_share(received, deadline, today):
    """Give the share of the time for the answer that has gone by, in percent.

    >>> from datetime import date
    >>> elapsed_share(date(2026, 4, 1), date(2026, 5, 1), date(2026, 4, 16))
    50
    >>> elapsed_share(date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1))
    100
    >>> elapsed_share(date(2026, 4, 1), date(2026, 5, 1), date(2026, 3, 31))
    0
    """
    total = max((deadline - received).days, 1)
    return min(max(round(100 * (today - received).days / total), 0), 100)


def reminder_day(deadline, today):
    """Give the day of the reminder that is due today, or None when there is none yet.

    There are three: ten days and three days before the deadline, and the day after it.

    >>> from datetime import date
    >>> reminder_day(date(2026, 2, 28), date(2026, 2, 17))
    >>> reminder_day(date(2026, 2, 28), date(2026, 2, 20))
    datetime.date(2026, 2, 18)
    >>> reminder_day(date(2026, 2, 28), date(2026, 2, 27))
    datetime.date(2026, 2, 25)
    >>> reminder_day(date(2026, 2, 28), date(2026, 5, 1))
    datetime.date(2026, 3, 1)
    """
    days = [deadline - timedelta(days=days) for days in (*WARNING_DAYS, -1)]
    return max((day for day in days if day <= today), default=None)
