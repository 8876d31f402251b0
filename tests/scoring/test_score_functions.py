from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests.common import BaseCase

from ...models.scoring import components, decay, ranking

SCORES = st.integers(0, 100)
PARTS = st.fixed_dictionaries(dict.fromkeys(components.COMPONENTS, st.none() | SCORES))
WEIGHTS = st.fixed_dictionaries(dict.fromkeys(components.COMPONENTS, st.integers(0, 100)))
AGES = st.lists(st.integers(0, 1_000), max_size=8)


class TestScoreFunctions(BaseCase):
    @given(PARTS, WEIGHTS)
    def test_shares_add_up_to_the_score(self, values, weights):
        shares = components.shares(values, weights)
        self.assertEqual(sum(shares.values()), components.weighted(values, weights))
        self.assertTrue(all(share >= 0 for share in shares.values()))

    @given(PARTS, WEIGHTS)
    def test_the_score_is_between_its_parts(self, values, weights):
        known = [v for name, v in values.items() if v is not None and weights[name]]
        if known:
            score = components.weighted(values, weights)
            self.assertTrue(min(known) <= score <= max(known))

    @given(st.integers(-500, 500))
    def test_a_correction_leads_to_the_limits(self, points):
        corrected = points + components.limit_correction(points)
        self.assertEqual(corrected, components.clamp(points))
        self.assertTrue(0 <= corrected <= 100)

    @given(AGES, st.integers(-50, 50), st.integers(0, 365), st.integers(0, 365), st.integers(0, 90))
    def test_points_keep_to_their_limit_and_fade(self, ages, points, half_life, window, limit):
        found = decay.rule_points(ages, points, half_life, window, limit)
        if limit:
            self.assertLessEqual(abs(found), limit)
        later = decay.rule_points([age + 30 for age in ages], points, half_life, window, limit)
        self.assertLessEqual(abs(later), abs(found) + 1)
        self.assertTrue(found == 0 or (found > 0) == (points > 0))

    @given(st.lists(SCORES, min_size=1, max_size=30), st.lists(SCORES, min_size=1, max_size=30))
    @settings(max_examples=60)
    def test_auc_is_the_share_of_pairs_in_order(self, winners, losers):
        pairs = [(w > x) + (w == x) / 2 for w in winners for x in losers]
        auc = ranking.area_under_curve(winners, losers)
        self.assertAlmostEqual(auc, sum(pairs) / len(pairs), places=12)
        self.assertAlmostEqual(auc + ranking.area_under_curve(losers, winners), 1, places=12)

    @given(st.dictionaries(SCORES, st.integers(0, 50)), st.sampled_from((5, 10, 20, 50)))
    def test_a_histogram_loses_nobody(self, counts, width):
        bars = ranking.histogram(counts, width)
        self.assertEqual((sum(bars), len(bars)), (sum(counts.values()), 100 // width))
