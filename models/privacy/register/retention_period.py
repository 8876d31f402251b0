"""How long data is kept: ends of periods, as plain functions and as SQL.

A period begins with the last contact by the person, and ends on the same day so many months
later, which is the first day the data is due. Months are those of the calendar.
"""

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL


def due_on(last_contact, months):
    """Give the day from which the data is kept too long.

    >>> from datetime import date
    >>> due_on(date(2023, 5, 4), 36)
    datetime.date(2026, 5, 4)
    >>> due_on(date(2024, 2, 29), 12)
    datetime.date(2025, 2, 28)
    """
    return last_contact + relativedelta(months=months)


def is_due(last_contact, months, today):
    """Tell whether the data is kept too long.

    >>> from datetime import date
    >>> last = date(2023, 5, 4)
    >>> is_due(last, 36, date(2026, 5, 3)), is_due(last, 36, date(2026, 5, 4))
    (False, True)
    """
    return due_on(last_contact, months) <= today


def due_on_sql(day, months):
    """Give `due_on` for a column; PostgreSQL too takes the last day of a shorter month."""
    return SQL("(%s + make_interval(months => %s))::date", day, months)
