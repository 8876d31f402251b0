"""Strike a person out of texts: names, addresses and numbers, in the forms they are written in.

Plain functions on plain values. The database finds rows that may name the person with simple
conditions (`Redactor.hints`), Python looks closely: "Ann Lee" is not in "Mary-Ann Lee".
"""

import base64
import html
import re
import unicodedata
from urllib.parse import quote

from odoo.tools import SQL

from . import written

#: What stands in the place of what was struck out: the same for everybody, in any language.
STRUCK = "[...]"

# Between two words of a name: spaces, how web addresses write them, and HTML tags.
GAP = r"(?:\s|&nbsp;|&#160;|&#xa0;|\\u00a0|\u00a0|%20|\+|_|,|<[^<>]{0,200}>){1,8}"
# Between two digits of a phone number
SEPARATOR = r"(?:[\s./()-]|&nbsp;|&#160;|\u00a0|%20){0,3}"
# What would make a word of what was found another word
BEFORE = f"(?:{written.START}|{written.CODED})"
BEFORE_ADDRESS = f"(?:{written.ADDRESS_START}|{written.CODED})"
MIN_DIGITS = 7
MIN_BASE64 = 8


def letter(char):
    r"""Give the pattern of a letter in all its encodings.

    >>> letter("a"), letter("@")
    ('a', '(?:@|%40|&#64;|&#x40;|=40|\\\\u0040)')
    >>> bool(re.fullmatch(letter("é"), "&eacute;")), bool(re.fullmatch(letter("é"), "%C3%A9"))
    (True, True)
    >>> bool(re.fullmatch(letter("É"), "e", re.I)), bool(re.fullmatch(letter("é"), "=C3=A9"))
    (True, True)
    """
    if char.isascii() and char.isalnum():
        return char
    forms = [char]
    if not char.isascii():
        base = unicodedata.normalize("NFD", char)
        forms += [char.lower(), char.upper(), base.lower(), base.upper(), base[0]]
    for form in dict.fromkeys(forms):
        forms = forms + _encoded(form) if len(form) == 1 else forms
    return "(?:" + "|".join(dict.fromkeys(_escaped(form) for form in forms)) + ")"


def _encoded(char):
    """Give a letter as web addresses, HTML, mail and JSON write it."""
    if char.isascii() and char.isalnum():
        return []
    url = quote(char, safe="")
    named = html.entities.codepoint2name.get(ord(char))
    forms = [url] if url != char else ([f"%{ord(char):02X}"] if char.isascii() else [])
    forms += [f"&{named};"] if named else []
    forms += ["&apos;", "\u2019"] if char == "'" else []
    forms += [f"&#{ord(char)};", f"&#x{ord(char):x};"]
    forms += ["".join(f"={byte:02X}" for byte in char.encode()), f"\\u{ord(char):04x}"]
    return forms


def _escaped(text):
    r"""Escape what has a meaning in a pattern, in a way that PostgreSQL understands too.

    >>> _escaped("a.b+c"), _escaped("-é")
    ('a\\.b\\+c', '-é')
    """
    return re.sub(r"([\\.^$*+?()\[\]{}|])", r"\\\1", text)


def text_pattern(text):
    """Give the pattern of an e-mail or a number of an account.

    >>> pattern = text_pattern("ann@x.example")
    >>> [bool(re.search(pattern, form, re.I)) for form in ("ANN@X.example", "ann%40x.example")]
    [True, True]
    """
    return "".join(map(letter, text))


def name_pattern(name):
    """Give the pattern of a name: its words in this order, or the last one first.

    >>> pattern = name_pattern("Zoé Quenneville")
    >>> all(re.search(pattern, form, re.I) for form in (
    ...     "ZOÉ QUENNEVILLE", "Quenneville, Zoe", "Zo&eacute;&nbsp;Quenneville",
    ...     "<b>Zoé</b> Quenneville", "Zo%C3%A9+Quenneville", "Zo=C3=A9 Quenneville"))
    True
    """
    words = ["".join(map(letter, word)) for word in name.split()]
    orders = [words, words[-1:] + words[:-1], words[1:] + words[:1]]
    return "(?:" + "|".join(dict.fromkeys(GAP.join(order) for order in orders)) + ")"


def name_hints(name):
    """Give texts that are in every form of a value: its runs of plain letters, the longest first.

    >>> name_hints("Zoé D'Ouarzel & Fée"), name_hints("李 Wei"), name_hints("a.lee@x.example")
    (['Ouarzel', 'Zo'], ['Wei'], ['example', 'lee'])
    """
    runs = {run for run in re.findall("[A-Za-z0-9]+", name) if len(run) > 1}
    return sorted(runs, key=lambda run: (-len(run), run))[:4]


def iban_pattern(number):
    """Give the pattern of an account number, in groups or not.

    >>> bool(re.search(iban_pattern("FR7612345"), "fr76 1234 5", re.I))
    True
    """
    return r"[\s-]?".join(c for c in number if c.isalnum())


def national(number):
    """Give the digits of a phone number that stay the same with or without country code.

    >>> national("+33612345678"), national("06 12 34 56 78"), national("+1 (555) 010-9999")
    ('612345678', '612345678', '5550109999')
    """
    digits = re.sub(r"\D", "", number)
    if number.strip().startswith(("+", "00")):
        digits = digits.lstrip("0")
        for length in (1, 2, 3):
            if digits[:length] in COUNTRY_CODES:
                return digits[length:]
    return digits.lstrip("0")


def phone_pattern(number):
    """Give the pattern of a phone number, or None when it is too short.

    >>> pattern = phone_pattern("+33612345678")
    >>> all(re.search(pattern, form) for form in (
    ...     "06 12 34 56 78", "0612345678", "+33 (0)6.12.34.56.78", "+33612345678"))
    True
    >>> phone_pattern("1234") is None
    True
    """
    digits = national(number)
    if len(digits) < MIN_DIGITS:
        return None
    return SEPARATOR.join(digits)


def base64_forms(text):
    """Give the three forms in which a text is found within base64, by where it begins.

    >>> all(form in base64.b64encode(b"xx ann@x.example yy").decode()
    ...     or form in base64.b64encode(b"x ann@x.example yy").decode()
    ...     or form in base64.b64encode(b" ann@x.example yy").decode()
    ...     for form in base64_forms("ann@x.example"))
    True
    """
    data = text.encode()
    forms = []
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + data).decode().rstrip("=")
        # the first and the last sign also depend on what stands beside
        start = (0, 2, 3)[shift]
        end = len(encoded) - (1 if (shift + len(data)) % 3 else 0)
        forms.append(encoded[start:end])
    return [form for form in forms if len(form) >= MIN_BASE64]


#: Country calling codes (ITU E.164)
COUNTRY_CODES = frozenset(
    """1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63
    64 65 66 81 82 84 86 90 91 92 93 94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227
    228 229 230 231 232 233 234 235 236 237 238 239 240 241 242 243 244 245 246 248 249 250 251 252
    253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 297 298 299 350 351 352
    353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 380 381 382 383 385 386 387 389
    420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596 597 598 599 670
    672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 850 852 853 855
    856 880 886 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 992 993 994 995
    996 998""".split()
)


class Redactor:
    r"""Strikes the values of an Identity out of texts and of what JSON holds.

    >>> from types import SimpleNamespace as N
    >>> ann = N(emails=["ann@x.example"], phones=["+33612345678"], names=["Ann Lee"],
    ...     ibans=[], streets=[])
    >>> redactor = Redactor(ann)
    >>> redactor.redact("Call ANN LEE (06 12 34 56 78, mailto:Ann@x.example) or Mary-Ann Lee")
    'Call [...] ([...], mailto:[...]) or Mary-Ann Lee'
    >>> redactor.redact({"a": ["Lee Ann", 3], "b": None})
    {'a': ['[...]', 3], 'b': None}
    >>> redactor.redact("joann@x.example, jo.ann@x.example, 4106123456789")
    'joann@x.example, jo.ann@x.example, 4106123456789'
    >>> redactor.redact(r"{'from': 'ann@x.example', 'body': 'Hello\nAnn Lee\n06 12 34 56 78'}")
    "{'from': '[...]', 'body': 'Hello\\n[...]\\n[...]'}"
    >>> redactor.redact("BEGIN:VCALENDAR\nSUMMARY:Meet ann@x.ex\n ample, Ann Lee's friend")
    "BEGIN:VCALENDAR\nSUMMARY:Meet [...], [...]'s friend"
    >>> redactor.redact("33612345678, 00 33 6 12 34 56 78, +33 (0)612345678")
    '[...], [...], [...]'
    >>> bool(Redactor(N(emails=[], phones=[], names=[], ibans=[], streets=[])))
    False
    """

    def __init__(self, identity):
        emails = [text_pattern(email) for email in sorted(identity.emails, key=len, reverse=True)]
        names = [name_pattern(name) for name in sorted(identity.names, key=len, reverse=True)]
        ibans = [iban_pattern(iban) for iban in identity.ibans]
        streets = [GAP.join("".join(map(letter, w)) for w in s.split()) for s in identity.streets]
        phones = {phone_pattern(phone) for phone in identity.phones} - {None}
        encoded = [
            form for text in (*identity.emails, *identity.names) for form in base64_forms(text)
        ]
        #: what the database searches for: texts that are all in one form of a value, ...
        values = (*identity.emails, *identity.names, *identity.streets)
        self.hints = [name_hints(text) or [text] for text in values]
        #: ... digits and letters of numbers, and parts of base64
        self.numbers = sorted(
            {national(phone) for phone in identity.phones if phone_pattern(phone)}
        )
        self.numbers += [iban.replace(" ", "") for iban in identity.ibans]
        self.encoded = [form for email in identity.emails for form in base64_forms(email)]
        self._addresses = self._compiled(emails, BEFORE_ADDRESS, written.END)
        self._words = self._compiled([*names, *ibans, *streets], BEFORE, written.END)
        self._numbers = self._compiled(phones, self._phone_prefix(identity.phones), r"(?!\d)")
        self._encoded = self._compiled(map(_escaped, encoded), "", "", flags=0)

    def __bool__(self):
        return bool(self.hints or self.numbers)

    def condition(self, text):
        """Give the SQL condition of the texts that may name the person.

        Plain searches for parts, which are ten times as fast as patterns.
        """
        tests = [
            SQL("%s ILIKE ALL(%s)", text, [f"%{part}%" for part in parts]) for parts in self.hints
        ]
        tests += [self._number_condition(text, number) for number in self.numbers]
        if self.encoded:
            tests.append(SQL("%s LIKE ANY(%s)", text, [f"%{form}%" for form in self.encoded]))
        return SQL("(%s)", SQL(" OR ").join(tests))

    @staticmethod
    def _number_condition(text, number):
        """Give the condition of the texts that may have a number, in any groups of digits."""
        compact = SQL("replace(translate(%s, %s, ''), '&nbsp;', '')", text, " .-/()\u00a0")
        # few texts have the last two signs: only those are worth taking the spaces out
        return SQL("(%s LIKE %s AND %s ILIKE %s)", text, f"%{number[-2:]}%", compact, f"%{number}%")

    @staticmethod
    def _phone_prefix(phones):
        """Give the pattern of what may stand before the digits: a country code, or a zero."""
        codes = {
            re.sub(r"\D", "", p).lstrip("0")[: -len(national(p))] for p in phones if p[0] == "+"
        }
        known = "".join(f"|{code}" for code in sorted(codes) if code)
        abroad = rf"(?:\+|%2B|&#43;|00){SEPARATOR}\d{{1,3}}{known}"
        return rf"(?:(?<!\w)|{written.CODED})(?:(?:{abroad}){SEPARATOR}(?:\(0\))?|0)?{SEPARATOR}"

    @staticmethod
    def _compiled(patterns, before, after, flags=re.IGNORECASE):
        joined = "|".join(patterns)
        return re.compile(f"{before}(?:{joined}){after}", flags) if joined else None

    def redact(self, value):
        """Give the value without the person; lists and dicts within it are gone through."""
        if isinstance(value, str):
            return self._redact_text(value)
        if isinstance(value, list):
            return [self.redact(item) for item in value]
        if isinstance(value, dict):
            return {self.redact(key): self.redact(item) for key, item in value.items()}
        return value

    def finds(self, value):
        """Tell whether the person is in the value."""
        return self.redact(value) != value

    def _redact_text(self, text):
        whole = written.unfolded(text)
        struck = self._strike(whole)
        # what names nobody stays as it is, with its cut lines
        return text if struck == whole else struck

    def _strike(self, text):
        if self._addresses:
            text = self._addresses.sub(STRUCK, text)
        if self._words:
            text = self._words.sub(STRUCK, text)
        if self._numbers:
            text = self._numbers.sub(STRUCK, text)
        if self._encoded:
            # of the same length, so that what is around can still be decoded
            text = self._encoded.sub(lambda found: "A" * len(found[0]), text)
        return text
