from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ....models.privacy.consent import (
    decision,
    signed_link,
)
from ....models.privacy.consent.crm_privacy_purpose import LEGAL_BASES
from ....wizards.privacy.crm_privacy_preview import GROUNDS

BASES = st.sampled_from([code for code, _name in LEGAL_BASES] + [None])
CHANNELS = st.sampled_from(decision.CHANNELS)
FACTS = st.builds(
    decision.Facts,
    audience=st.sampled_from((decision.CONSUMER, decision.PROFESSIONAL, decision.GENERIC)),
    last=st.sampled_from((None, *decision.YES, *decision.NO, *decision.NEUTRAL)),
    expired=st.booleans(),
    restricted=st.booleans(),
    excluded=st.booleans(),
    unsubscribed=st.booleans(),
    customer=st.booleans(),
)


class TestDecision(BaseCase):
    """What holds whatever is known of a person."""

    @given(BASES, CHANNELS, FACTS, st.booleans())
    def test_restriction_and_exclusion_always_forbid(self, basis, channel, facts, soft):
        for fact in ("restricted", "excluded"):
            verdict = decision.decide(basis, channel, facts._replace(**{fact: True}), soft)
            self.assertFalse(verdict.allowed)

    @given(BASES, CHANNELS, FACTS, st.booleans())
    def test_objection_forbids_all_that_is_not_ordered(self, basis, channel, facts, soft):
        verdict = decision.decide(basis, channel, facts._replace(last="withdrawn"), soft)
        self.assertTrue(basis in decision.ORDERED or not verdict.allowed)

    @given(CHANNELS, FACTS, st.booleans())
    def test_consent_alone_opens_what_needs_consent(self, channel, facts, soft):
        verdict = decision.decide("consent", channel, facts, soft)
        if verdict.allowed:
            self.assertEqual(verdict.code, "consent")
            self.assertIn(facts.last, decision.YES)
            self.assertFalse(facts.expired)

    @given(BASES, st.sampled_from(decision.ELECTRONIC), FACTS, st.booleans())
    def test_consumer_is_not_approached_without_a_word(self, basis, channel, facts, soft):
        facts = facts._replace(audience=decision.CONSUMER, last=None, customer=False)
        verdict = decision.decide(basis, channel, facts, soft)
        if verdict.allowed:
            self.assertIn(basis, (None, *decision.ORDERED, "public_task"))

    @given(BASES, CHANNELS, FACTS, st.booleans())
    def test_saying_yes_never_closes(self, basis, channel, facts, soft):
        silent = facts._replace(last=None)
        before = decision.decide(basis, channel, silent, soft)
        after = decision.decide(basis, channel, silent._replace(last="granted"), soft)
        self.assertLessEqual(before.allowed, after.allowed)

    @given(BASES, CHANNELS, FACTS, st.booleans())
    def test_each_ground_has_a_name(self, basis, channel, facts, soft):
        self.assertIn(decision.decide(basis, channel, facts, soft).code, dict(GROUNDS))

    @given(CHANNELS, st.text(), st.booleans(), st.booleans())
    def test_any_address_has_an_audience(self, channel, email, is_company, has_company):
        found = decision.audience(
            channel,
            email,
            is_company=is_company,
            has_company=has_company,
            providers={"orange.fr"},
        )
        known = (decision.CONSUMER, decision.PROFESSIONAL, decision.GENERIC)
        self.assertIn(found, known)

    @given(st.text())
    def test_any_text_is_a_link_or_not(self, token):
        signed_link.expiry(token)
        self.assertEqual(len(signed_link.digest(token)), 64)
