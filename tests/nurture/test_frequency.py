from odoo.tests import BaseCase, tagged

from ...models.nurture import frequency


@tagged("post_install", "-at_install")
class TestFrequency(BaseCase):
    """Caps, budgets, second tries and shares."""

    def test_spread_never_goes_over_the_budget(self):
        loads = {1: 3, 2: 5, 4: 1}
        days = frequency.spread(20, 4, loads)
        self.assertEqual(days, sorted(days))
        for day in set(days):
            self.assertLessEqual(days.count(day) + loads.get(day, 0), 4)
