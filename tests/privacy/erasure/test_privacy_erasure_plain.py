import base64
import html
import json
import quopri
from types import SimpleNamespace
from urllib.parse import quote, quote_plus

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests.common import BaseCase

from ....models.privacy.erasure.redaction import Redactor

LETTERS = st.characters(categories=("Lu", "Ll"), max_codepoint=0x17F)
WORDS = st.text(LETTERS, min_size=3, max_size=12)
NAMES = st.lists(WORDS, min_size=2, max_size=4).map(" ".join)
LOCAL = st.text("abcdefghij0123456789.+-_", min_size=3, max_size=20)
DIGITS = st.text("0123456789", min_size=8, max_size=8)
AROUND = st.text(" ,;:!?()<>\n", max_size=5)


def person(**values):
    empty = dict.fromkeys(("emails", "phones", "names", "ibans", "streets"), ())
    return SimpleNamespace(**{**empty, **values})


class TestPlain(BaseCase):
    @settings(deadline=None)
    @given(NAMES, AROUND, AROUND)
    def test_a_name_is_struck_out_in_all_forms(self, name, before, after):
        redactor = Redactor(person(names=[name]))
        reversed_name = " ".join(name.split()[-1:] + name.split()[:-1])
        for form in (
            name,
            reversed_name,
            name.lower(),
            html.escape(name),
            name.replace(" ", "&nbsp;"),
            json.dumps(name)[1:-1],
            quote(name),
            quote_plus(name),
            "".join(f"&#{ord(c)};" if not c.isascii() else c for c in name),
            quopri.encodestring(name.encode()).decode().replace("=\n", ""),
        ):
            text = f"{before}{form}{after}"
            self.assertNotIn(form, redactor.redact(f" {text} "), form)

    @settings(deadline=None)
    @given(LOCAL, AROUND)
    def test_an_email_is_struck_out_in_all_forms(self, local, around):
        email = f"x{local}x@mail.example"
        redactor = Redactor(person(emails=[email]))
        for form in (email, email.upper(), quote(email, safe=""), email.replace("@", "&#64;")):
            self.assertNotIn(form, redactor.redact(f"{around}{form}{around}"), form)
        for shift in ("", "a", "ab"):
            encoded = base64.b64encode(f"{shift}{email} and more".encode()).decode()
            redacted = redactor.redact(encoded)
            self.assertEqual(len(redacted), len(encoded))
            self.assertNotIn(email.encode(), base64.b64decode(redacted))

    @settings(deadline=None)
    @given(DIGITS, st.sampled_from([" ", ".", "-", "", "&nbsp;"]))
    def test_a_phone_is_struck_out_in_all_forms(self, digits, gap):
        redactor = Redactor(person(phones=[f"+336{digits}"]))
        pairs = [digits[i : i + 2] for i in range(0, 8, 2)]
        for form in (
            gap.join(["06", *pairs]),
            gap.join(["+33 6", *pairs]),
            gap.join(["+33 (0)6", *pairs]),
            f"336{digits}",
            f"0033 6{digits}",
        ):
            self.assertEqual(redactor.redact(f"call {form}!"), "call [...]!", form)

    @settings(deadline=None)
    @given(st.text(max_size=200))
    def test_other_texts_are_not_touched(self, text):
        redactor = Redactor(person(names=["Zoé Quenneville-Xx"], emails=["zoe@q.example"]))
        if "zoe" not in text.lower() and "quenn" not in text.lower():
            self.assertEqual(redactor.redact(text), text)

    @settings(deadline=None)
    @given(NAMES, AROUND)
    def test_striking_out_twice_changes_nothing_more(self, name, around):
        redactor = Redactor(person(names=[name]))
        once = redactor.redact(f"{around}{name}{around}")
        self.assertEqual(redactor.redact(once), once)

    def test_longer_names_are_other_people(self):
        redactor = Redactor(person(names=["Marie Dupont"], emails=["marie@a.example"]))
        for text in ("Anne-Marie Dupont", "Marie Dupont-Durand", "annemarie@a.example"):
            self.assertEqual(redactor.redact(text), text)

    def test_the_database_chooses_at_least_what_python_strikes_out(self):
        redactor = Redactor(person(names=["Zoé d'Estrées"], phones=["+33199007788"]))
        self.assertEqual(redactor.hints, [["Estr", "Zo", "es"]])
        self.assertEqual(redactor.numbers, ["199007788"])
