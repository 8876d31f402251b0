import doctest

from odoo.tests import BaseCase, tagged

from ...models.nurture import figures, filters, holdout, lift, path, timetable


@tagged("post_install", "-at_install")
class TestNurtureDoctests(BaseCase):
    """The examples in the docstrings of the plain functions."""

    def test_examples(self):
        for module in (figures, filters, holdout, lift, path, timetable):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted, module)
            self.assertFalse(result.failed, module)
