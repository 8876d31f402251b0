from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ....models.privacy.export import masking

WORDS = st.text("abcé XY.,!?\n0123456789+@-", max_size=80)


@tagged("post_install", "-at_install")
class TestMasking(BaseCase):
    """What of a text a person may read."""

    @given(WORDS, WORDS)
    def test_no_address_of_others_is_left(self, before, after):
        text = f"{before} bob@other.example {after}"
        masked = masking.mask(text, own=["zoe@q.example"], names=["Bob Xavier"])
        self.assertNotIn("bob@other.example", masked)

    @given(WORDS, WORDS)
    def test_the_own_address_stays(self, before, after):
        text = f"{before} zoe@q.example {after}"
        self.assertIn("zoe@q.example", masking.mask(text, own=["zoe@q.example"]))

    @given(WORDS, WORDS)
    def test_an_extract_names_the_person(self, before, after):
        text = f"{before}. Zoe Quenneville called. {after}"
        self.assertIn("Zoe Quenneville called", masking.excerpt(text, ["zoe quenneville"]))

    @given(WORDS)
    def test_what_does_not_name_the_person_is_left_out(self, text):
        self.assertEqual(masking.excerpt(text, ["Zoe Quenneville"]), "")
