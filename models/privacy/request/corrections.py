"""What people write as the right value, turned into what a field takes.

Plain functions on plain values.
"""

from datetime import date

from dateutil.relativedelta import relativedelta

TYPES = ("char", "text", "html", "date", "selection", "many2one")


def convert(kind, text, choices=()):
    """Give the value of a text for a field of this type.

    >>> convert("char", "Lyon")
    'Lyon'
    >>> convert("date", "2026-03-31")
    datetime.date(2026, 3, 31)
    >>> convert("selection", "french", [("fr_FR", "French"), ("en_US", "English")])
    'fr_FR'
    >>> convert("selection", "Klingon", [("fr_FR", "French")])
    Traceback (most recent call last):
    ValueError: Klingon
    """
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "selection":
        for value, label in choices:
            if text.casefold() in (str(value).casefold(), str(label).casefold()):
                return value
        raise ValueError(text)
    return text


def kept_since(today, months):
    """Give the day before which values are no longer kept.

    >>> kept_since(date(2026, 3, 31), 1)
    datetime.date(2026, 2, 28)
    """
    return today - relativedelta(months=months)
