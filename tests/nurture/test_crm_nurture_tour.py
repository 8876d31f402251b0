from odoo.tests import HttpCase, tagged

from ..common import LifecycleCase


@tagged("post_install", "-at_install")
class TestCrmNurtureTour(LifecycleCase, HttpCase):
    """A marketer builds a sequence, publishes it, lets people in and sees the result."""

    def test_build_publish_enroll_see(self):
        self.env["crm.lead"].create(
            [
                {"name": f"Bakery {number} of the tour", "type": "lead", "contact_name": "Anna"}
                for number in range(2)
            ]
        )
        self.start_tour(
            "/odoo/sequences", "crm_lifecycle_nurture_sequence", login="lifecycle_marketing"
        )
        sequence = self.env["crm.nurture.sequence"].search([("name", "=", "Tour of the bakers")])
        self.assertEqual(sequence.version_id.step_ids.mapped("kind"), ["wait", "activity"])
        self.assertEqual(len(sequence.enrollment_ids), 2)
