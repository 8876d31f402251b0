import io
import zipfile

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from odoo.tests import tagged
from odoo.tests.common import BaseCase

from ...wizards.lifecycle import (
    suspect_columns,
    suspect_file,
    suspect_row,
)

CELLS = st.text(max_size=20).map(suspect_file.clean_cell)
FRENCH = st.text(alphabet="abeézàçœ€ -'", min_size=1, max_size=12)
KEYS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=3, unique=True)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def workbook(rows):
    """Give the bytes of an XLSX file with these rows."""
    target = io.BytesIO()
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(target)
    return target.getvalue()


def archive(**parts):
    """Give the bytes of a ZIP file with these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return target.getvalue()


@tagged("lifecycle_import")
class TestSuspectFile(BaseCase):
    def _reason(self, data):
        with self.assertRaises(suspect_file.UnreadableFile) as caught:
            list(suspect_file.read_rows(data))
        return caught.exception.code

    def test_encodings_and_separators_give_the_same_rows(self):
        header, person = ["Prénom", "Société"], ["Hélène", "Cœur à l'œuvre"]
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "iso8859-15"):
            for separator in ";,\t|":
                with self.subTest(encoding=encoding, separator=separator):
                    text = "\r\n".join(separator.join(row) for row in (header, person))
                    rows = list(suspect_file.read_rows(text.encode(encoding)))
                    self.assertEqual(rows, [(1, header), (2, person)])

    def test_macintosh(self):
        text = "Prénom;Société\rHélène;Téléphonie générale\r"
        rows = list(suspect_file.read_rows(text.encode("mac_roman")))
        self.assertEqual(rows[1], (2, ["Hélène", "Téléphonie générale"]))

    def test_some_broken_bytes_leave_the_rest_readable(self):
        data = "Prénom;E-mail\n".encode() + "Hélène;h@a.fr\n".encode() * 20 + b"Zo\xe9;z@a.fr\n"
        rows = list(suspect_file.read_rows(data))
        self.assertEqual(rows[1][1][0], "Hélène")
        self.assertIn(suspect_file.UNREADABLE, rows[-1][1][0])

    def test_workbook(self):
        data = workbook([["Nom", "Tél", "CP"], [None, None, None], ["Durand", 612345678, 1000.0]])
        rows = list(suspect_file.read_rows(data))
        self.assertEqual(rows, [(1, ["Nom", "Tél", "CP"]), (3, ["Durand", "612345678", "1000"])])

    def test_files_that_are_no_lists(self):
        for data, code in (
            (b"", "empty"),
            (b" \r\n\r\n", "empty"),
            (b"%PDF-1.7\n%...", "pdf"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "old_excel"),
            (b"\x89PNG\r\n\x1a\n", "image"),
            (b"<!DOCTYPE html><html></html>", "web_page"),
            (b"PK\x03\x04 broken", "damaged"),
            (archive(**{"content.xml": "<office/>"}), "open_document"),
            (archive(**{"word/document.xml": "<w/>"}), "archive"),
            (archive(**{"xl/workbook.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]>"}), "damaged"),
            (archive(**{"xl/workbook.xml": "<workbook/>"}), "damaged"),
            (workbook([]), "empty"),
            (bytes(range(256)) + b"\x00" * 256, "binary"),
            (b'E-mail;Nom\na@b.fr;"Durand\n' + b"x" * 200_000, "broken_row"),
            (b'E-mail;Nom\na@b.fr;"Durand\nc@d.fr;Petit\n', "broken_row"),
            (b"a;" * 300 + b"\n", "too_many_columns"),
        ):
            with self.subTest(code=code):
                self.assertEqual(self._reason(data), code)

    def test_a_small_file_that_unfolds_to_a_big_one(self):
        bomb = archive(
            **{
                "xl/workbook.xml": "<workbook/>",
                "xl/sharedStrings.xml": b"0" * (suspect_file.MAX_SHARED_TEXT_BYTES + 1),
            }
        )
        self.assertLess(len(bomb), 1_000_000)
        self.assertEqual(self._reason(bomb), "unfolds_too_big")

    @FEW
    @given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=5))
    def test_what_is_written_is_read_again(self, rows):
        if not all(any(row) for row in rows) or rows[0][0].lower().startswith("sep="):
            return
        data = suspect_file.write_rows(rows)
        read = [cells for _number, cells in suspect_file.read_rows(data, "utf-8-sig", ";")]
        # a lone line end may come back as another kind of line end
        self.assertEqual(
            *([[" ".join(cell.split()) for cell in row] for row in table] for table in (read, rows))
        )

    @FEW
    @given(st.text())
    def test_no_cell_of_the_result_is_a_formula(self, text):
        cell = suspect_file.safe_cell(suspect_file.clean_cell(text))
        self.assertNotIn(cell[:1], ("=", "+", "-", "@", "\t", "\r"))

    @FEW
    @given(st.binary(max_size=300))
    def test_any_bytes_give_rows_or_a_reason(self, data):
        try:
            rows = list(suspect_file.read_rows(data))
        except suspect_file.UnreadableFile:
            return
        self.assertTrue(all(any(cells) for _number, cells in rows))

    @FEW
    @given(FRENCH, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    def test_unicode_is_never_guessed_wrong(self, text, encoding):
        data = f"Nom;Prénom\n{text}x;y\n".encode(encoding)
        self.assertEqual(
            list(suspect_file.read_rows(data))[1][1][0], suspect_file.clean_cell(f"{text}x")
        )


@tagged("lifecycle_import")
class TestSuspectRow(BaseCase):
    @FEW
    @given(st.lists(KEYS, max_size=15))
    def test_repetitions_are_those_of_a_reader_from_top_to_bottom(self, keys):
        rows = [(index, index + 2, row) for index, row in enumerate(keys)]
        kept, expected = [], {}
        for index, number, row in rows:
            same = [other for _i, other, other_keys in kept if set(row) & set(other_keys)]
            if same:
                expected[index] = min(same)
            else:
                kept.append((index, number, row))
        self.assertEqual(suspect_row.find_repeated(rows), expected)

    @FEW
    @given(st.dictionaries(st.sampled_from(sorted(suspect_row.LIMITS)), st.text(max_size=40)))
    def test_any_texts_give_a_name_or_a_problem(self, person):
        problem = suspect_row.find_problem(person)
        self.assertTrue(problem is None or problem[1] in person)
        self.assertIsInstance(suspect_row.display_name(person), str)

    @FEW
    @given(st.lists(st.text(max_size=15), min_size=1, max_size=20))
    def test_each_target_is_given_once(self, headers):
        targets = suspect_columns.recognise(headers, [[] for _header in headers])
        once = [t for t in targets if t and t not in suspect_columns.REPEATABLE]
        self.assertEqual(len(once), len(set(once)))

    def test_headers_of_each_language(self):
        for headers, expected in (
            (
                ["Raison sociale", "Nom", "Prénom", "Adresse e-mail", "Téléphone", "Portable"],
                ["company", "last_name", "first_name", "email", "phone", "mobile"],
            ),
            (
                ["FULL NAME", "E-Mail Address", "Cell phone", "Job title", "Zip code", "City"],
                ["name", "email", "mobile", "function", "zip", "city"],
            ),
            (
                ["N° SIRET", "Fonction", "Adresse", "C.P.", "Ville", "Pays", "Site web"],
                ["siret", "function", "street", "zip", "city", "country", "website"],
            ),
            (["E-mail du contact", "E-mail 2", "Commentaires"], ["email", None, "note"]),
        ):
            with self.subTest(headers=headers):
                samples = [[] for _header in headers]
                self.assertEqual(suspect_columns.recognise(headers, samples), expected)

    def test_texts_that_cannot_be_imported(self):
        for person, code in (
            ({"name": "=cmd|' /C calc'!A0"}, "formula"),
            ({"name": "＝HYPERLINK(1)"}, "formula"),
            ({"note": "@SUM(A1)"}, "formula"),
            ({"phone": "-2+3+cmd|' /C calc'!A0"}, "formula"),
            ({"company": "<script>alert(1)</script>"}, "markup"),
            ({"company": "<img src=x onerror=alert(1)"}, "markup"),
            ({"name": "x" * 10_000}, "too_long"),
            ({"name": f"Zo{suspect_file.UNREADABLE}"}, "unreadable"),
            ({"website": "javascript:alert(1)"}, "bad_website"),
        ):
            with self.subTest(person=person):
                self.assertEqual(suspect_row.find_problem(person)[0], code)

    def test_texts_that_only_look_odd(self):
        for person in (
            {"phone": "+33 (0)6 12 34 56 78"},
            {"note": "- à rappeler\n+ de 10 salariés <bientôt>"},
            {"name": "Tom & Jerry < 3"},
            {"email": "Zoé <zoe@a.fr>"},
            {"website": "https://www.a.fr:8080/b?c=d"},
        ):
            with self.subTest(person=person):
                self.assertIsNone(suspect_row.find_problem(person))
