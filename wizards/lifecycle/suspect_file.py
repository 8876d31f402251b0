"""Reading of a list of people as it comes: CSV of any encoding, or XLSX.

Bytes in, rows of texts out, one after the other, so that the memory needed does not grow
with the number of rows. What the file is, is found in its content, never in its name. A
file that cannot be read raises `UnreadableFile` with the code of the reason.
"""

import base64
import csv
import io
import re
import zipfile
from collections import Counter
from datetime import date, datetime
from itertools import islice

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 500_000
MAX_COLUMNS = 200
# An XLSX is compressed: a few kilobytes can unfold to gigabytes.
MAX_UNFOLDED_BYTES = 600 * 1024 * 1024
MAX_SHARED_TEXT_BYTES = 200 * 1024 * 1024
# Nobody writes so much into a cell: a quote was opened and never closed.
MAX_CELL = 100_000
# Stays in a text where bytes could not be decoded.
UNREADABLE = "\ufffd"

# Letters and signs that French and English texts are made of, beyond ASCII.
USUAL = frozenset("àâäæçéèêëîïôöœùûüÿñÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸÑ’‘“”«»–—…€°²·")
BYTE_ENCODINGS = ("cp1252", "iso8859-15", "mac_roman", "cp850")
BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
SEPARATORS = (";", ",", "\t", "|")
# What spreadsheets take for the beginning of a formula
FORMULA_SIGNS = tuple("=+-@＝＋－＠")
SEPARATOR_LINE = re.compile(r'^"?sep=(.)"?\r?\n?$', re.IGNORECASE)
# C0 controls but tab and line ends, and what XML and JSON refuse
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")

# What people upload by mistake: (first bytes, code of the reason)
FOREIGN = (
    (b"%PDF", "pdf"),
    (b"\xd0\xcf\x11\xe0", "old_excel"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"\x1f\x8b", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"{\\rtf", "text_document"),
)


class UnreadableFile(Exception):  # noqa: N818  the name says what is wrong
    """The file cannot be read: `code` says why, `params` what belongs in the message."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code = code
        self.params = params


def kind_of(data):
    """Tell what a file is from its content: ``csv`` or ``xlsx``, else raise.

    >>> kind_of(b"E-mail;Nom")
    'csv'
    """
    if not data.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise UnreadableFile("empty")
    if len(data) > MAX_BYTES:
        raise UnreadableFile("too_big", size=len(data))
    for first_bytes, code in FOREIGN:
        if data.startswith(first_bytes):
            raise UnreadableFile(code)
    if data.startswith(b"PK"):
        _check_workbook(data)
        return "xlsx"
    if _is_web_page(data):
        raise UnreadableFile("web_page")
    return "csv"


def _is_web_page(data):
    head = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<!doctype", b"<html", b"<?xml"))


def _check_workbook(data):
    """Refuse what is no workbook, or one that would unfold beyond all measure."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {part.filename: part.file_size for part in archive.infolist()}
            if "xl/workbook.xml" not in parts:
                code = "open_document" if "content.xml" in parts else "archive"
                raise UnreadableFile(code)
            if (
                sum(parts.values()) > MAX_UNFOLDED_BYTES
                or parts.get("xl/sharedStrings.xml", 0) > MAX_SHARED_TEXT_BYTES
            ):
                raise UnreadableFile("unfolds_too_big")
            for name in parts:
                # entities are the other way to make a small file big
                if name.endswith(".xml") and b"<!DOCTYPE" in archive.open(name).read(1000):
                    raise UnreadableFile("damaged")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise UnreadableFile("damaged") from error


def guess_encoding(data):
    """Find the encoding of a text: by its mark, its shape, or its letters.

    >>> guess_encoding("Prénom".encode("utf-8-sig")), guess_encoding("Prénom".encode())
    ('utf-8-sig', 'utf-8')
    >>> guess_encoding("Prénom;Société".encode("utf-16-le"))
    'utf-16-le'
    >>> [guess_encoding("Société;Hélène;cœur €".encode(name)) for name in ("cp1252", "iso8859-15")]
    ['cp1252', 'iso8859-15']
    >>> guess_encoding("Prénom;Société;Hélène".encode("mac_roman"))
    'mac_roman'
    """
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return encoding
    head = data[:4000]
    if head.count(0) > len(head) / 20:
        return _wide_encoding(head)
    if data.isascii() or _mostly_utf8(data):
        return "utf-8"
    return _byte_encoding(data)


def _wide_encoding(head):
    """Tell the byte order of UTF-16 without a mark: Latin letters have a zero half."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) / 5 or min(even, odd) > len(head) / 20:
        raise UnreadableFile("binary")
    return "utf-16-le" if odd > even else "utf-16-be"


def _mostly_utf8(data):
    """Tell whether the non-ASCII characters are UTF-8, but for a few broken ones."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", errors="replace")
        broken = text.count(UNREADABLE)
        good = sum(1 for character in text if ord(character) > 127) - broken
        return good > 9 * broken
    return True


def _byte_encoding(data):
    """Choose the one-byte encoding that makes the most usual letters."""
    bytes_seen = Counter(byte for byte in data if byte > 127)

    def usual_letters(encoding):
        return sum(
            count if bytes([byte]).decode(encoding, errors="replace") in USUAL else -count
            for byte, count in bytes_seen.items()
        )

    return max(BYTE_ENCODINGS, key=usual_letters)  # the first of equals


def guess_separator(sample):
    """Find the separator of columns: the one that cuts the most rows as the first one.

    >>> guess_separator("E-mail;Nom\\na@b.fr;Durand, Paul\\nc@d.fr;Petit\\n")
    ';'
    >>> guess_separator('"Nom, prénom",e-mail\\n"Durand, Paul",a@b.fr\\n')
    ','
    >>> guess_separator("E-mail\\na@b.fr\\n")
    ';'
    """
    return max(SEPARATORS, key=lambda separator: _regularity(sample, separator))


def _regularity(sample, separator):
    """Count the columns that rows have in common with the first row, at this separator."""
    try:
        # the last record of a sample may be cut
        widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=separator) if row]
    except csv.Error:
        return (0, 0)
    if not widths or widths[0] < 2:
        return (0, 0)
    same = sum(1 for width in widths if width == widths[0])
    return (same / len(widths), widths[0])


def clean_cell(value):
    """Give the text of one cell, without control characters.

    >>> clean_cell(None), clean_cell(612345678.0), clean_cell(" Durand\\x00 ")
    ('', '612345678', 'Durand')
    >>> clean_cell("'+33 6 12 34 56 78"), clean_cell("'s Hertogenbosch")
    ('+33 6 12 34 56 78', "'s Hertogenbosch")
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    elif isinstance(value, (date, datetime)):
        value = value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    text = CONTROLS.sub("", str(value)).strip()
    # the mark of spreadsheets for "this is text", which `safe_cell` puts
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_SIGNS else text


def read_rows(data, encoding=None, separator=None):
    """Give the non-empty rows of a file, each as ``(number, cells)``.

    The number is the one a person sees: of the line in the spreadsheet.

    >>> list(read_rows("E-mail;Nom\\r\\n\\r\\na@b.fr;Zoé\\r\\n".encode("cp1252")))
    [(1, ['E-mail', 'Nom']), (3, ['a@b.fr', 'Zoé'])]
    """
    workbook = kind_of(data) == "xlsx"
    rows = _read_workbook(data) if workbook else _read_csv(data, encoding, separator)
    for count, (number, values) in enumerate(rows):
        if count > MAX_ROWS:
            raise UnreadableFile("too_many_rows", limit=MAX_ROWS)
        if len(values) > MAX_COLUMNS:
            raise UnreadableFile("too_many_columns", number=number, limit=MAX_COLUMNS)
        yield number, values


def read_head(data, encoding=None, separator=None, rows=100):
    """Give the first rows of a file, see `read_rows`."""
    return list(islice(read_rows(data, encoding, separator), rows))


def csv_format(data, encoding=None, separator=None):
    """Complete the encoding and separator of a CSV file.

    >>> csv_format(b"sep=|\\na|b\\n")
    ('utf-8', '|')
    """
    encoding = encoding or guess_encoding(data)
    if not separator:
        sample = data[: 64 * 1024].decode(encoding, errors="replace").lstrip("\ufeff")
        declared = SEPARATOR_LINE.match(sample.split("\n", 1)[0])
        separator = declared[1] if declared else guess_separator(sample)
    return encoding, separator


def _read_csv(data, encoding, separator):
    encoding, separator = csv_format(data, encoding, separator)
    text = io.TextIOWrapper(io.BytesIO(data), encoding, errors="replace", newline="")
    lines = _Lines(text)
    for number, row in enumerate(csv.reader(lines, delimiter=separator), start=1):
        cells = [clean_cell(cell) for cell in row]
        if any(len(cell) > MAX_CELL for cell in cells):
            raise UnreadableFile("broken_row", number=number)
        if len(lines.seen) > 1 and not lines.record_ends(separator):
            raise UnreadableFile("broken_row", number=number)
        lines.forget()
        if number == 1 and SEPARATOR_LINE.match(separator.join(row)):
            continue
        if any(cells):
            yield number, cells


class _Lines:
    """The lines of a text, which remembers those of the row that is being read."""

    def __init__(self, text):
        self.text, self.seen = text, []

    def __iter__(self):
        for line in self.text:
            self.seen.append(line)
            yield line

    def record_ends(self, separator):
        """Tell whether the last quote of the row was closed before the file ended."""
        try:
            list(csv.reader(self.seen, delimiter=separator, strict=True))
        except csv.Error as error:
            return "unexpected end" not in str(error)
        return True

    def forget(self):
        """Begin a new row."""
        self.seen.clear()


def _read_workbook(data):
    # only here: a third of a second that nobody else needs
    from openpyxl import load_workbook

    try:
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = next(
            (
                sheet
                for sheet in workbook.worksheets
                if sheet.sheet_state == "visible" and _has_content(sheet)
            ),
            None,
        )
        if sheet is None:
            raise UnreadableFile("empty")
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            cells = [clean_cell(cell) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield number, cells
    except UnreadableFile:
        raise
    except Exception as error:
        # openpyxl raises whatever its parsers meet in a damaged file
        raise UnreadableFile("damaged") from error


def _has_content(sheet):
    # what the file says of its own size is often wrong
    sheet.reset_dimensions()
    return any(any(cell is not None for cell in row) for row in sheet.iter_rows(values_only=True))


def safe_cell(text):
    """Make a cleaned text harmless for spreadsheets, which take some signs for a formula.

    >>> safe_cell("=cmd|' /C calc'!A0"), safe_cell("+33 6 12"), safe_cell("Durand")
    ("'=cmd|' /C calc'!A0", "'+33 6 12", 'Durand')
    """
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def write_rows(rows):
    """Write rows as a CSV file that French and English spreadsheets open by a double click.

    >>> write_rows([["Nom", "Raison"], ["=1+1", "formule"]]).decode("utf-8-sig")
    "Nom;Raison\\r\\n'=1+1;formule\\r\\n"
    """
    target = io.StringIO()
    csv.writer(target, delimiter=";").writerows(
        [safe_cell(str(cell)) for cell in row] for row in rows
    )
    return target.getvalue().encode("utf-8-sig")


def from_base64(value):
    """Give the bytes of a base64 text, or nothing for a broken one.

    >>> from_base64("Tm9t"), from_base64("%%%"), from_base64(False)
    (b'Nom', b'', b'')
    """
    try:
        return base64.b64decode(value or b"", validate=True)
    except ValueError:
        return b""
