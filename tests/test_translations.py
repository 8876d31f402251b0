import ast
from pathlib import Path
from string import Formatter

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.babel.python_extractor import extract_python
from odoo.tools.translate import TranslationModuleReader

MODULE = "crm_lifecycle"


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """Each text that a user can see has a French one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.french = polib.pofile(file_path(f"{MODULE}/i18n/fr.po"))
        cls.template = polib.pofile(file_path(f"{MODULE}/i18n/{MODULE}.pot"))

    def test_no_french_text_is_missing(self):
        entries = self.french.untranslated_entries() + self.french.fuzzy_entries()
        self.assertFalse([entry.msgid for entry in entries])

    def test_files_have_all_texts_of_the_code(self):
        """Run `make i18n` and translate what it added when this fails."""
        texts = {row[4] for row in TranslationModuleReader(self.env.cr, [MODULE])}
        for catalogue in (self.template, self.french):
            self.assertFalse(sorted(texts - {entry.msgid for entry in catalogue})[:20])

    def test_no_key_is_given_to_the_translators(self):
        """Odoo takes the first string of a tuple after `_("...")` for a text: ("no", _("No"))."""
        for folder in ("models", "wizards", "reports", "controllers"):
            for file in Path(file_path(MODULE), folder).rglob("*.py"):
                with self.subTest(file=file.name):
                    self.assertLessEqual(self._exported(file), self._texts(file))

    @staticmethod
    def _exported(file):
        """Give what Odoo exports of a file of code."""
        with file.open("rb") as source:
            found = [row[2] for row in extract_python(source, {"_": None}, [], {})]
        firsts = [text if isinstance(text, str) else text and text[0] for text in found]
        return {text for text in firsts if text}

    @staticmethod
    def _texts(file):
        """Give the texts within the calls of ``_()``."""
        calls = [node for node in ast.walk(ast.parse(file.read_bytes()))]
        calls = [node for node in calls if isinstance(node, ast.Call) and node.args]
        return {
            call.args[0].value
            for call in calls
            if getattr(call.func, "attr", getattr(call.func, "id", "")) == "_"
            and isinstance(call.args[0], ast.Constant)
        }

    def test_french_texts_use_the_same_values(self):
        for entry in self.french:
            with self.subTest(text=entry.msgid):
                self.assertEqual(self._values(entry.msgid), self._values(entry.msgstr))

    @staticmethod
    def _values(text):
        """Give the names in ``%(name)s``, and the count of ``%s``."""
        named = Formatter().parse(text.replace("%(", "{").replace(")s", "}"))
        return {name for _text, name, _spec, _conversion in named if name}, text.count("%s")

    def test_french_is_shown(self):
        stage = self.env.ref(f"{MODULE}.stage_customer").with_context(lang="fr_FR")
        self.assertEqual(stage.name, "Client")
