"""How long the law orders to keep what accounting is made of, as plain functions and as SQL.

In France ten years from the end of the financial year (C. com. L123-22); each company says it.
"""

from calendar import monthrange
from datetime import date

from odoo.tools import SQL

#: The article of the GDPR that lets the law of a country order it
ARTICLE = "17(3)(b)"


def year_end(day, month, last_day):
    """Give the last day of the financial year that a day is in.

    :param int month: last month of the financial year
    :param int last_day: its last day; the 28th of February means the end of February

    >>> year_end(date(2026, 5, 4), 12, 31), year_end(date(2026, 5, 4), 3, 31)
    (datetime.date(2026, 12, 31), datetime.date(2027, 3, 31))
    >>> year_end(date(2024, 2, 29), 2, 28)
    datetime.date(2024, 2, 29)
    """
    end = _closing(day.year, month, last_day)
    return end if end >= day else _closing(day.year + 1, month, last_day)


def keep_until(day, month, last_day, years):
    """Give the last day on which an invoice must be kept: so many years after the closing.

    >>> keep_until(date(2026, 5, 4), 12, 31, 10)
    datetime.date(2036, 12, 31)
    """
    end = year_end(day, month, last_day)
    return _closing(end.year + years, month, last_day)


def _closing(year, month, last_day):
    """Give the last day of the financial year that ends in a year."""
    wanted = 29 if (month, last_day) == (2, 28) else last_day
    return date(year, month, min(wanted, monthrange(year, month)[1]))


def keep_until_sql(move, company):
    """Give `keep_until` for the rows of entries and their companies."""
    day = SQL("%s", SQL.identifier(move, "date"))
    year = SQL("extract(year FROM %s)::int", day)
    years = SQL.identifier(company, "privacy_accounting_years")
    return SQL(
        "(CASE WHEN %s >= %s THEN %s ELSE %s END)",
        _closing_sql(year, company),
        day,
        _closing_sql(SQL("%s + %s", year, years), company),
        _closing_sql(SQL("%s + %s + 1", year, years), company),
    )


def _closing_sql(year, company):
    """Give `_closing` for a company."""
    month = SQL("%s::int", SQL.identifier(company, "fiscalyear_last_month"))
    last_day = SQL.identifier(company, "fiscalyear_last_day")
    return SQL(
        "LEAST((make_date(%(year)s, %(month)s, 1) + INTERVAL '1 month' - INTERVAL '1 day')::date,"
        " make_date(%(year)s, %(month)s, 1) - 1"
        " + CASE WHEN %(month)s = 2 AND %(day)s = 28 THEN 29 ELSE %(day)s END)",
        year=year,
        month=month,
        day=last_day,
    )
