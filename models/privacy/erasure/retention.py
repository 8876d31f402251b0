"""How long the law orders to keep what accounting is made of.

Plain functions on plain values.
"""

from dateutil.relativedelta import relativedelta

from odoo.tools import date_utils

#: The article of the GDPR that lets the law of a country order it
ARTICLE = "17(3)(b)"
#: C. com. L123-22: ten years from the end of the financial year
YEARS = 10


def keep_until(date, last_day, last_month):
    """Give the day until which a document of a date is kept.

    :param last_day: last day of the financial year of the company
    :param last_month: last month of the financial year of the company

    >>> from datetime import date
    >>> keep_until(date(2026, 3, 1), 31, 12), keep_until(date(2026, 7, 1), 30, 6)
    (datetime.date(2036, 12, 31), datetime.date(2037, 6, 30))
    >>> keep_until(date(2024, 2, 29), 29, 2)
    datetime.date(2034, 2, 28)
    """
    _start, end = date_utils.get_fiscal_year(date, day=last_day, month=last_month)
    return end + relativedelta(years=YEARS)
