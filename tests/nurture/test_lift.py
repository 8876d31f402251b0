import random

from odoo.tests import BaseCase, tagged

from ...models.nurture import lift


@tagged("post_install", "-at_install")
class TestLift(BaseCase):
    """The intervals keep what they promise: simulated many times, with a seed."""

    def _runs(self, share, other_share, number, other_number, runs=2000):
        draw = random.Random(20260601)

        def successes(people, chance):
            return sum(draw.random() < chance for _person in range(people))

        for _run in range(runs):
            yield lift.compare(
                successes(number, share),
                number,
                successes(other_number, other_share),
                other_number,
            )

    def test_without_a_difference_none_is_found(self):
        found = [run["verdict"] for run in self._runs(0.1, 0.1, 450, 50)]
        wrong = sum(verdict in ("more", "less") for verdict in found)
        self.assertLessEqual(wrong / len(found), 0.06)

    def test_the_truth_is_between_the_limits(self):
        runs = list(self._runs(0.2, 0.1, 180, 60))
        inside = sum(run["low"] <= 0.1 <= run["high"] for run in runs) / len(runs)
        of_ratio = sum(run["ratio_low"] <= 2 <= run["ratio_high"] for run in runs) / len(runs)
        self.assertGreaterEqual(inside, 0.94)
        self.assertGreaterEqual(of_ratio, 0.94)

    def test_a_large_difference_is_found(self):
        found = [run["verdict"] for run in self._runs(0.3, 0.05, 450, 100, runs=200)]
        self.assertGreaterEqual(found.count("more"), 198)

    def test_few_say_nothing(self):
        self.assertEqual(lift.compare(29, 29, 0, 500)["verdict"], "few")
        self.assertEqual(lift.compare(4, 500, 0, 500)["verdict"], "few")
        self.assertEqual(lift.compare(0, 0, 0, 0)["verdict"], "few")
