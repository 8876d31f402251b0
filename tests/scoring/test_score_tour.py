from odoo.tests import HttpCase, tagged

from .common import ScoringCase


@tagged("post_install", "-at_install")
class TestScoreTour(ScoringCase, HttpCase):
    """What people do with scores in the browser; in real time, as the browser has its own."""

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("en_US")
        (self.salesman | self.manager).lang = "en_US"
        self.env.cr.execute("UPDATE crm_lead SET active = FALSE")
        self.env.invalidate_all()
        self.fit = self._rule(
            name="In the town of the tour", domain="[('city', '=', 'Tours')]", points=100
        )
        self._rule(
            name="Clicked in the tour", event="clicked", points=35, max_points=65, half_life_days=30
        )
        self.hot = self._lead(name="Hot bakery", city="Tours", user_id=self.salesman.id)
        for _click in range(2):
            self._touch(self.hot)
        self.lead_policy._refresh()

    def test_read_the_receipt(self):
        self.assertEqual(self.hot.score, 80)
        self.start_tour("/odoo/hot", "crm_lifecycle_score_receipt", login="lifecycle_salesman")

    def test_preview_a_rule(self):
        self.start_tour(
            "/odoo/score-rules", "crm_lifecycle_score_preview", login="lifecycle_manager"
        )
        self.assertEqual(self.fit.points, 100)
