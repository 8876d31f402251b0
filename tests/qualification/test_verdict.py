from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ...models.qualification import criteria, verdict

ANSWER = st.sampled_from((False, "no", "partial", "confirmed"))
ANSWERS = st.fixed_dictionaries(dict.fromkeys(criteria.ANSWERS, ANSWER))


@st.composite
def frameworks(draw, code="bant"):
    weights = draw(st.lists(st.integers(0, 1000), min_size=4, max_size=4).filter(any))
    knockouts = draw(st.lists(st.booleans(), min_size=4, max_size=4))
    lines = map(verdict.Criterion, criteria.FRAMEWORKS[code], weights, knockouts)
    return verdict.Framework(tuple(lines), draw(st.integers(1, 100)), draw(st.integers(0, 100)))


class TestVerdict(BaseCase):
    """The arithmetic on any answers, weights and thresholds."""

    @given(frameworks(), ANSWERS)
    def test_score_is_from_0_to_100_and_the_mean(self, framework, answers):
        score = verdict.score(framework, answers)
        total = sum(criterion.weight for criterion in framework.criteria)
        mean = sum(c.weight * verdict.share(framework, answers[c.name]) for c in framework.criteria)
        self.assertLessEqual(abs(score - mean / total), 0.5)
        self.assertTrue(0 <= score <= 100)

    @given(frameworks(), ANSWERS, st.sampled_from(criteria.FRAMEWORKS["bant"]))
    def test_better_answer_never_lowers_the_score(self, framework, answers, name):
        scores = [
            verdict.score(framework, answers | {name: answer})
            for answer in (False, "partial", "confirmed")
        ]
        self.assertEqual(scores, sorted(scores))

    @given(frameworks(), ANSWERS)
    def test_verdict_keeps_its_promises(self, framework, answers):
        state = verdict.state(framework, answers)
        given_ = {c: answers[c.name] for c in framework.criteria if answers[c.name]}
        refused = [c for c, answer in given_.items() if answer == "no"]
        self.assertEqual(state == "open", not given_)
        self.assertEqual(state == "disqualified", any(c.knockout for c in refused))
        if state == "qualified":
            self.assertFalse(refused)
            self.assertGreaterEqual(verdict.score(framework, answers), framework.threshold)
        self.assertEqual(len(given_) + len(verdict.missing(framework, answers)), 4)

    @given(ANSWERS)
    def test_all_confirmed_qualifies_by_default(self, answers):
        for code, framework in verdict.DEFAULTS.items():
            full = answers | dict.fromkeys(criteria.FRAMEWORKS[code], "confirmed")
            self.assertEqual(verdict.score(framework, full), 100)
            self.assertEqual(verdict.state(framework, full), "qualified")

    @given(st.dictionaries(st.sampled_from(criteria.ANSWERS), ANSWER))
    def test_twins_agree_unless_both_are_given(self, vals):
        completed = criteria.with_twins(vals)
        self.assertEqual({name: completed[name] for name in vals}, vals)
        for name, twin in criteria.TWINS.items():
            self.assertEqual(name in completed, twin in completed)
            if not (name in vals and twin in vals):
                self.assertEqual(completed.get(name), completed.get(twin))
