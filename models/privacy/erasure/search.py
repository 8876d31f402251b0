"""The search for the values of a person in texts, in files and by the database.

`Search` is made of an identity and used for one scan; it keeps no text that it has read.
"""

import base64
import gzip
import io
import re
import zipfile
import zlib

from odoo.tools import SQL

from . import traces

#: The most that is read of what a file holds packed.
UNPACKED_BYTES = 64_000_000
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
A85 = re.compile(rb"[\s!-uz]*~>")
#: Kinds of values, as hits name them.
KINDS = ("email", "phone", "name", "other")


class Search:
    """Finds the values of one person.

    :param emails: normalised addresses
    :param phones: numbers in the international form
    :param names: names of at least two words; one word alone names too many people
    :param others: account numbers
    """

    def __init__(self, emails=(), phones=(), names=(), others=()):
        values = {"email": emails, "phone": phones, "name": names, "other": others}
        self.values = {kind: sorted(set(values[kind])) for kind in KINDS}
        arguments = {"email": "emails", "phone": "phones", "name": "names", "other": "others"}
        self.patterns = {
            kind: text
            for kind in KINDS
            if (text := traces.pattern(**{arguments[kind]: self.values[kind]}))
        }
        self.coded = traces.coded_pattern([*self.values["email"], *self.values["name"]])
        self._compiled = {
            kind: re.compile(text, re.IGNORECASE) for kind, text in self.patterns.items()
        }
        self._coded = re.compile(self.coded) if self.coded else None

    def __bool__(self):
        return bool(self.patterns)

    def kinds(self, text):
        """Give the kinds of values that a text holds.

        >>> search = Search(["zoe@canari.example"], ["+33199001234"], ["Zoé Dor"])
        >>> search.kinds("Appeler Dor Zoé au 01 99 00 12 34")
        ['phone', 'name']
        """
        found = [kind for kind, pattern in self._compiled.items() if pattern.search(text)]
        if not found and self._coded and self._coded.search(text):
            found.append("coded")
        return found

    # -- files --------------------------------------------------------------------------------

    def kinds_of_file(self, data):
        """Give the kinds of values that a file holds, also packed."""
        found = set(self.kinds(_text(data)))
        for inner in unpacked(data):
            found.update(self.kinds(_text(inner)))
        return sorted(found)

    # -- in the database ----------------------------------------------------------------------

    def condition(self, column):
        """Give the SQL that tells whether a column of text holds a value.

        A search for pieces comes first: it reads gigabytes in the time in which expressions
        read some hundred megabytes. Phone numbers have no piece that is always the same.
        """
        phone = self.patterns.get("phone")
        others = [text for kind, text in self.patterns.items() if kind != "phone"]
        parts = [SQL("%s ~* %s", column, phone)] if phone else []
        if others:
            exact = [SQL("%s ~* %s", column, "|".join(others))]
            if self.coded:
                exact.append(SQL("%s ~ %s", column, self.coded))
            parts.append(
                SQL(
                    "(lower(%s) LIKE ANY(%s) AND (%s))",
                    column,
                    self._pieces(),
                    SQL(" OR ").join(exact),
                )
            )
        return SQL("(%s)", SQL(" OR ").join(parts))

    def _pieces(self):
        values = [value for kind in KINDS if kind != "phone" for value in self.values[kind]]
        coded = [piece.replace("\\", "").lower() for piece in (self.coded or "").split("|")]
        pieces = [*traces.anchors(values), *filter(None, coded)]
        return [f"%{piece.replace('_', chr(92) + '_')}%" for piece in pieces]


def _text(data):
    """Give bytes as text; what is no UTF-8 is read byte by byte."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1") + data.decode("utf-8", "ignore")


def unpacked(data, room=UNPACKED_BYTES):
    """Yield what is inside of gzip, zip (also office documents) and PDF files.

    What cannot be unpacked yields nothing: the bytes themselves were searched already.

    >>> list(unpacked(gzip.compress(b"inside")))
    [b'inside']
    >>> list(unpacked(b"%PDF stream\\n" + zlib.compress(b"(inside)") + b"\\nendstream"))
    [b'(inside)']
    """
    try:
        if data.startswith(b"\x1f\x8b"):
            with gzip.open(io.BytesIO(data)) as file:
                yield file.read(room)
        elif data.startswith(b"PK\x03\x04"):
            yield from _of_zip(data, room)
        elif data.startswith(b"%PDF"):
            yield from _of_pdf(data, room)
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError):
        return


def _of_zip(data, room):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield "\n".join(archive.namelist()).encode()
        for name in archive.namelist():
            if room <= 0:
                return
            with archive.open(name) as file:
                inner = file.read(room)
            room -= len(inner)
            yield inner
            if name.endswith(".xml"):
                # a word processor may cut a name into pieces between its marks
                yield re.sub(rb"<[^>]*>", b"", inner)


def _of_pdf(data, room):
    for match in STREAM.finditer(data):
        packed = match[1]
        try:
            if A85.fullmatch(packed):
                packed = base64.a85decode(packed.strip()[:-2])
            inner = zlib.decompressobj().decompress(packed, room)
        except (zlib.error, ValueError):
            continue
        room -= len(inner)
        yield inner
        shown = b"".join(re.findall(rb"\(((?:[^()\\]|\\.)*)\)", inner))
        yield re.sub(rb"\\([0-7]{3})", lambda code: bytes([int(code[1], 8) & 255]), shown)
        if room <= 0:
            return
