r"""What stands before and behind a value in texts, and how calendars cut their lines.

Plain functions on plain values; expressions for Python.

>>> start = lambda text: bool(re.search(f"(?:{START}|{CODED})Ann", text))
>>> [start(text) for text in ("Ann", "'Ann", "n'Ann", "Mary-Ann", "xAnn", r"Hello\nAnn", "%3AAnn")]
[True, True, False, False, False, True, True]
"""

import re

#: No letter, digit or hyphen before, and no apostrophe of a word: not "Ann" of "d'Ann".
START = r"(?<![\w-])(?<!\w['\u2019])"
#: Nor behind; the s of a genitive is allowed.
END = r"(?![\w-])(?!['\u2019]\w{2})"
#: An address is not the end of a longer one: not "lee@x.example" of "ann.lee@x.example".
ADDRESS_START = r"(?<![\w.+-])(?<!\w['\u2019])"
#: Letters that are a sign in code: a line break in JSON and calendars, a colon in a link.
CODED = (
    r"(?<=\\[nrt])|(?<=%[23][0-9A-Fa-f])|(?<==[23][0-9A-Fa-f])"
    r"|(?<=\\u00[23][0-9A-Fa-f])"
)

FOLD = re.compile(r"\r?\n[ \t]")


def unfolded(text):
    r"""Give the text of a calendar or business card with whole lines; any other as it is.

    >>> unfolded("BEGIN:VCALENDAR\r\nDESCRIPTION:Ann L\r\n ee"), unfolded("Ann L\n ee")
    ('BEGIN:VCALENDAR\r\nDESCRIPTION:Ann Lee', 'Ann L\n ee')
    """
    return FOLD.sub("", text) if text.lstrip().startswith(("BEGIN:VC", "BEGIN:VE")) else text
