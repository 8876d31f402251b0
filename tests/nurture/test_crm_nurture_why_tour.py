from odoo.tests import HttpCase, tagged

from .common import NurtureCase


@tagged("post_install", "-at_install")
class TestCrmNurtureWhyTour(NurtureCase, HttpCase):
    """A marketer sees who is left out, opens them, and asks why about two of them."""

    def setUp(self):
        super().setUp()
        self.clock.move_to("2030-06-01")  # the browser has its own clock

    def test_left_out_and_why(self):
        leads = self.env["crm.lead"].create(
            [{"name": f"Oven {number} of the tour", "type": "lead"} for number in range(3)]
        )
        sequence = self._sequence(
            {"kind": "wait", "name": "think"},
            name="Sequence of the tour",
            domain=f"[('id', 'in', {leads.ids})]",
            goal_domain="[('priority', '=', '3')]",
        )
        leads[0].priority = "3"
        sequence._enroll(leads[1])
        self.start_tour(
            f"/odoo/sequences/{sequence.id}",
            "crm_lifecycle_nurture_why",
            login="lifecycle_marketing",
        )
