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
from .written import unfolded

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
        patterns = {kind: traces.pattern(**{arguments[kind]: self.values[kind]}) for kind in KINDS}
        self._compiled = {
            kind: re.compile(text, re.IGNORECASE) for kind, text in patterns.items() if text
        }
        coded = traces.coded_pattern(self._coded_values())
        self._coded = re.compile(coded) if coded else None

    def __bool__(self):
        return bool(self._compiled)

    def kinds(self, text):
        """Give the kinds of values that a text holds.

        >>> search = Search(["zoe@canari.example"], ["+33199001234"], ["Zoé Dor"])
        >>> search.kinds("Appeler Dor Zoé au 01 99 00 12 34")
        ['phone', 'name']
        """
        text = unfolded(text)
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
        """Give the SQL that finds all texts that may hold a value; `kinds` tells which do.

        It looks for pieces that all written forms of a value hold, because that reads gigabytes
        in the time in which expressions read some hundred megabytes. Phone numbers have no
        such piece.
        """
        low = SQL("lower(%s)", column)
        parts = [SQL("%s ~* %s", column, phone) for phone in self._phones()]
        if groups := self._pieces():
            longest = [_containing(max(pieces, key=len)) for pieces in groups]
            every = (SQL("%s LIKE ALL(%s)", low, [*map(_containing, group)]) for group in groups)
            parts.append(SQL("(%s LIKE ANY(%s) AND (%s))", low, longest, SQL(" OR ").join(every)))
        return SQL("(%s)", SQL(" OR ").join(parts)) if parts else SQL("FALSE")

    def _phones(self):
        """Give the expressions of the numbers; PostgreSQL refuses one that is very long."""
        return list(filter(None, map(traces.phone_pattern, self.values["phone"])))

    def _pieces(self):
        """Give lists of pieces; a text that holds a value holds all pieces of one list."""
        values = [value for kind in KINDS if kind != "phone" for value in self.values[kind]]
        coded = [[code.lower()] for code in traces.coded_forms(self._coded_values())]
        return [*filter(None, map(traces.pieces, values)), *coded]

    def _coded_values(self):
        return [value for kind in ("email", "phone", "name") for value in self.values[kind]]


def _containing(piece):
    """Give the LIKE pattern of the texts that hold a piece.

    >>> _containing("50%_a")
    '%50\\\\%\\\\_a%'
    """
    return "%" + re.sub(r"([\\%_])", r"\\\1", piece) + "%"


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
    [b'(inside)', b'inside']
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
