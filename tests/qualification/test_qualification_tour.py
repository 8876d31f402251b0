from odoo.tests import HttpCase, tagged

from .common import QualificationCase


@tagged("post_install", "-at_install")
class TestQualificationTour(QualificationCase, HttpCase):
    """What a salesperson does in the browser with a lead that marketing hands over."""

    def test_handed_over_lead_becomes_a_prospect(self):
        self.salesman.lang = "en_US"
        lead = self._lead(name="Bakery of the tour", user_id=self.salesman.id)
        lead.with_user(self.marketing).action_hand_over()
        self.start_tour(
            "/odoo/handed-over", "crm_lifecycle_qualify_a_lead", login="lifecycle_salesman"
        )
        self.assertEqual((lead.handover_state, lead.user_id), ("accepted", self.salesman))
        self.assertEqual((lead.qualification_state, lead.qualification_score), ("qualified", 80))
        self.assertEqual(lead.need_note, "Two ovens")
        self.assertWay(lead, "lead", "mql", "prospect")
        answers = lead.qualification_answer_ids
        self.assertEqual(answers.user_id, self.salesman)
        self.assertEqual(len(answers), 6)

    def test_handed_over_leads_are_answered_on_their_cards(self):
        self.salesman.lang = "en_US"
        accepted = self._lead(name="Bakery of the tour", user_id=self.salesman.id)
        rejected = self._lead(name="Bakery to reject", user_id=self.salesman.id)
        (accepted | rejected).with_user(self.marketing).action_hand_over()
        self.start_tour(
            "/odoo/handed-over", "crm_lifecycle_answer_on_cards", login="lifecycle_salesman"
        )
        self.assertEqual((accepted | rejected).mapped("handover_state"), ["accepted", "rejected"])
