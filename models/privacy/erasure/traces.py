r"""The forms in which a value of a person may be written, as regular expressions.

One expression serves PostgreSQL and Python: it only uses what both understand alike. It is
written for a search that ignores case, but not all databases know that É is a capital é, so
both are named.

>>> found = lambda value, text: bool(re.search(name_pattern(value), text, re.IGNORECASE))
>>> found("Zoé D'Or", "Devis pour ZOÉ D&#39;OR"), found("Zoé D'Or", "zoe d’or")
(True, True)
>>> found("Zoé D'Or", '{"name": "Zo\\u00e9 D\'Or"}'), found("Zoé D'Or", "D'Or, Zoé")
(True, True)
>>> found("Zoé D'Or", "Zoé D'Orange")
False
"""

import base64
import re
import unicodedata

from .written import CODED

#: How a character may be written beside itself, in mails, pages, links and JSON.
WRITTEN = {
    " ": r"(?: |_|\+|%20|=20|&nbsp;|\u00a0|\t|\n)",
    "'": r"(?:'|''|\u2019|&#39;|&#x27;|&apos;|%27|\\u0027|\\u2019|=27)",
    "&": r"(?:&|&amp;|%26|\\u0026|=26)",
    "@": r"(?:@|%40|&#64;|&#x40;|\\u0040|=40)",
    "+": r"(?:\+|%2b|&#43;|\\u002b|=2b)",
    ".": r"(?:\.|%2e)",
    "-": r"(?:-|%2d|\u2010|\u2011)",
    "/": r"(?:/|%2f|\\/)",
}
#: Between the digits of a phone number: an optional sign.
BETWEEN = r"(?: |\.|-|/|\(|\)|\u00a0|%20|&nbsp;)?"
#: Values that are too short or too common to be searched for.
SHORTEST = 6
#: No letter or digit beside a match, so that Ann is not found in Anne.
WORD_START = rf"(?:(?<![0-9a-z\u00c0-\u024f])|{CODED})"
WORD_END = r"(?![0-9a-z\u00c0-\u024f])"


def pattern(emails=(), phones=(), names=(), others=()):
    """Give the expression for the values of a person, None without any.

    :param phones: numbers in the international form, +33199001234
    :param others: account numbers, addresses
    """
    parts = [
        *map(email_pattern, emails),
        *map(phone_pattern, phones),
        *map(name_pattern, names),
        *map(spaced_pattern, others),
    ]
    return "|".join(dict.fromkeys(filter(None, parts))) or None


def coded_pattern(values):
    """Give the expression for values inside of base64 texts, where case counts.

    A value may begin at each of three places in a group of three bytes. The letters that it
    shares with its neighbours are left out.

    >>> inside = base64.b64encode(b"x" + "zoé@canari.example".encode() + b"y").decode()
    >>> bool(re.search(coded_pattern(["zoé@canari.example"]), inside))
    True
    """
    return "|".join(map(re.escape, coded_forms(values))) or None


def coded_forms(values):
    """Give what base64 texts contain that hold one of the values, each once.

    >>> coded_forms(["zoe@canari.example"])[0]
    'em9lQGNhbmFyaS5leGFtcGxl'
    """
    found = []
    for value in values:
        data = value.encode()
        for shift in range(3) if len(data) >= SHORTEST else ():
            coded = base64.b64encode(b"\0" * shift + data).decode()
            found.append(coded[(0, 2, 3)[shift] : -4 if coded.endswith("=") else None])
    return list(dict.fromkeys(found))


def email_pattern(email):
    """Give the expression for an e-mail address.

    >>> bool(re.search(email_pattern("zoe+a@b.example"), "?to=Zoe%2Ba%40B.example", re.I))
    True
    >>> bool(re.search(email_pattern("zoe@b.example"), "chloezoe@b.example", re.I))
    False
    """
    return rf"(?:(?<![0-9a-z._-])|{CODED})" + _written(email) + r"(?![0-9a-z-])"


def phone_pattern(phone):
    """Give the expression for a phone number in its national and international forms.

    >>> written = phone_pattern("+33199001234")
    >>> all(re.search(written, text) for text in (
    ...     "01 99 00 12 34", "0199001234", "+33 1 99 00 12 34", "0033199001234",
    ...     "+33 (0)1.99.00.12.34", "%2B33199001234"))
    True
    >>> re.search(written, "101990012345") is None
    True
    >>> bool(re.search(phone_pattern("01 99 00 12 34"), "+33 1 99 00 12 34"))
    True
    """
    digits = re.sub(r"\D", "", phone)
    if len(digits) < SHORTEST:
        return None
    known = digits[2:] if digits.startswith("00") else digits
    international = phone.strip().startswith("+") or digits.startswith("00")
    country = known[:-9] if international else r"[1-9][0-9]{0,2}"
    subscriber = known[-9:] if international else digits.lstrip("0")
    before = rf"{country}{BETWEEN}{BETWEEN}0?{BETWEEN}{BETWEEN}" if country else ""
    start = rf"(?:(?:00|\+|%2b)?{before}|0{BETWEEN})"
    start += "" if international else "?"
    return rf"(?<![0-9]){start}{BETWEEN.join(subscriber)}(?![0-9])"


def name_pattern(name):
    """Give the expression for a name of at least two words, in both orders; else None.

    >>> name_pattern("Zoé") is None
    True
    """
    words = name.split()
    if len(words) < 2 or len(name) < SHORTEST:
        return None
    orders = [" ".join([*words[cut:], *words[:cut]]) for cut in range(len(words))]
    comma = r"(?:,|%2c)?"
    written = (comma.join(_written(part) for part in re.split("(?= )", text)) for text in orders)
    return WORD_START + "(?:" + "|".join(written) + ")" + WORD_END


def spaced_pattern(value):
    """Give the expression for an account number or a street, with or without spaces.

    >>> bool(re.search(spaced_pattern("FR7630006000"), "FR76 3000 6000", re.I))
    True
    """
    compact = re.sub(r"\s", "", value)
    if len(compact) < SHORTEST:
        return None
    if re.fullmatch(r"[A-Za-z]{2}\d\d\w+", compact):
        return WORD_START + " ?".join(map(_written, compact)) + WORD_END
    return WORD_START + _written(" ".join(value.split())) + WORD_END


def _written(text):
    """Give the expression for a text, each character in all the ways it is written."""
    return "".join(map(_character, unicodedata.normalize("NFC", text)))


def _character(letter):
    if letter in WRITTEN:
        return WRITTEN[letter]
    if letter.isascii():
        return re.escape(letter)
    ways = [letter.lower(), letter.upper()]
    for way in (letter.lower(), letter.upper()):
        code = "".join(f"={byte:02x}" for byte in way.encode())
        ways += [code, code.replace("=", "%"), rf"\\u{ord(way[0]):04x}"]
    plain = unicodedata.normalize("NFD", letter)
    ways += [plain.lower(), plain.upper(), plain[0].lower()]
    named = HTML_NAMES.get(letter.lower())
    ways += [f"&{named};"] if named else []
    return "(?:" + "|".join(dict.fromkeys(ways)) + ")"


def _html_names():
    from html.entities import codepoint2name

    return {chr(code): name for code, name in codepoint2name.items()}


HTML_NAMES = _html_names()


def pieces(value):
    """Give pieces of a value that all of its written forms hold, in lower case.

    They are what a fast search for whole texts looks for, before the expression is tried.

    >>> pieces("zéphyrine@canari.example"), pieces("Zoé D'Orange")
    (['phyrine', 'canari', 'example'], ['zo', 'orange'])
    >>> pieces("FR7630006000")
    ['fr76', '3000', '6000']
    """
    low = value.lower()
    if re.fullmatch(r"[a-z]{2}\d\d\w+", low):
        return re.findall(".{4}", low)
    found = re.findall(r"[0-9a-z]{2,}", low)
    return found or re.findall(r"[0-9a-z]", low)
