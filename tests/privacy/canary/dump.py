"""The search for a person in a plain dump of a database and in its files."""

import gzip
import io
import os
import re
import subprocess
import zipfile
from typing import NamedTuple

from pypdf import PdfReader

from odoo.tools.misc import exec_pg_environ, find_pg_tool

from . import people

COPY = re.compile(rb'^COPY public\."?(\w+)"? \((.*)\) FROM stdin;\n$')
ESCAPES = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"\\": b"\\", b"b": b"\b", b"f": b"\f", b"v": b""}


class Hit(NamedTuple):
    """A place where something of a person is: table, column, row, and which form of what."""

    table: str
    column: str
    row: str
    form: str
    text: str


class Search:
    """Finds the forms of a person in bytes, also in what the bytes hold packed or encoded."""

    def __init__(self, person=people.CANARY):
        self.forms = people.forms(person)
        self.coded = people.base64_forms(person)
        parts = [*self.forms.values()]
        self.any = re.compile(b"|".join(map(re.escape, sorted(parts, key=len, reverse=True))))
        self.any_coded = re.compile(b"|".join(map(re.escape, self.coded.values())))

    def find(self, data):
        """Give the labels of the forms that the bytes hold."""
        labels = set(self._plain(data))
        for inner in unpacked(data):
            labels.update(f"{label} (packed)" for label in self._plain(inner))
        return sorted(labels)

    def _plain(self, data):
        low = data.decode("utf-8", "surrogateescape").casefold().encode("utf-8", "surrogateescape")
        if self.any.search(low):
            yield from (label for label, form in self.forms.items() if form in low)
        if self.any_coded.search(data):
            yield from (label for label, form in self.coded.items() if form in data)


def unpacked(data):
    """Yield what is inside gzip, zip and PDF files."""
    if data.startswith(b"\x1f\x8b"):
        yield gzip.decompress(data)
    elif data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield archive.read(name)
    elif data.startswith(b"%PDF"):
        for page in PdfReader(io.BytesIO(data)).pages:
            yield page.extract_text().encode()


def dump(database):
    """Give a plain dump of a database, as `pg_dump` writes it."""
    command = [find_pg_tool("pg_dump"), "--no-owner", database]
    return subprocess.run(command, env=exec_pg_environ(), check=True, capture_output=True).stdout


def rows(text):
    """Yield (table, columns, cells) of each row of a plain dump.

    >>> plain = b"COPY public.t (id, name) FROM stdin;\\n7\\tA\\\\tB\\n\\\\.\\n"
    >>> list(rows(plain))
    [('t', ('id', 'name'), [b'7', b'A\\tB'])]
    """
    table = None
    for line in text.splitlines(keepends=True) if b"\r" not in text else io.BytesIO(text):
        if table is None:
            if match := COPY.match(line):
                table = match[1].decode()
                columns = tuple(name.strip(' "') for name in match[2].decode().split(","))
        elif line == b"\\.\n":
            table = None
        else:
            yield table, columns, [unescaped(cell) for cell in line[:-1].split(b"\t")]


def unescaped(cell):
    """Give the value that a cell of a dump stands for, b"" for none.

    >>> unescaped(rb"\\x41"), unescaped(rb"a\\\\b"), unescaped(rb"\\N")
    (b'\\\\x41', b'a\\\\b', b'')
    """
    if cell == b"\\N":
        return b""
    if b"\\" not in cell:
        return cell
    return re.sub(rb"\\(.)", lambda match: ESCAPES.get(match[1], match[0]), cell)


def search_database(text, search=None):
    """Give the hits in a plain dump. Binary columns are searched too."""
    search = search or Search()
    found = []
    for table, columns, cells in rows(text):
        for column, cell in zip(columns, cells, strict=True):
            content = value(cell)
            if len(content) < 6:
                continue
            found += [
                Hit(table, column, cells[0].decode(), label, content[:200].decode(errors="replace"))
                for label in search.find(content)
            ]
    return found


def value(cell):
    """Give what a cell holds: bytes are in hexadecimal there.

    >>> value(rb"\\x4142"), value(b"AB")
    (b'AB', b'AB')
    """
    binary = cell.startswith(b"\\x") and re.fullmatch(rb"\\x(?:[0-9a-f]{2})*", cell)
    return bytes.fromhex(cell[2:].decode()) if binary else cell


def search_files(folder, search=None):
    """Give the hits in the files of a folder."""
    search = search or Search()
    found = []
    for path, _folders, names in os.walk(folder):
        for name in names:
            with open(os.path.join(path, name), "rb") as file:
                data = file.read()
            found += [Hit("file", name, path, label, "") for label in search.find(data)]
    return found
