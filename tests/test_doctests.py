import doctest
import importlib
from pathlib import Path

from odoo.tests import BaseCase, tagged
from odoo.tools import file_path

ADDON = Path(file_path("crm_lifecycle"))
FOLDERS = ("models", "wizards", "reports", "tests/privacy/canary")


def modules_with_examples():
    """Give the names of the modules of the addon whose docstrings have examples."""
    for folder in FOLDERS:
        for path in sorted((ADDON / folder).rglob("*.py")):
            if ">>> " in path.read_text():
                parts = path.relative_to(ADDON).with_suffix("").parts
                yield ".".join(("odoo", "addons", "crm_lifecycle", *parts))


@tagged("post_install", "-at_install")
class TestDoctests(BaseCase):
    """The examples in the docstrings are true."""

    def test_examples(self):
        names = list(modules_with_examples())
        self.assertTrue(names)
        for name in names:
            with self.subTest(name):
                results = doctest.testmod(importlib.import_module(name))
                self.assertTrue(results.attempted)
                self.assertFalse(results.failed)
