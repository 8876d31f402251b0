from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.nurture.crm_nurture_step_do import CrmNurtureStep
from .common import NurtureCase


@tagged("post_install", "-at_install")
class TestCrmNurtureEnrollment(NurtureCase):
    """The engine: every step once, in the order of the lists, at its moment."""

    def test_the_way_through_a_condition(self):
        sequence = self._sequence(
            {"kind": "wait", "name": "wait", "wait_number": 3},
            {"kind": "condition", "name": "big?", "domain": "[('expected_revenue', '>', 100)]"},
            {"kind": "exit", "name": "end"},
            publish=False,
        )
        condition = sequence.draft_id.step_ids.filtered(lambda step: step.kind == "condition")
        inside = {"parent_id": condition.id, "kind": "stage", "stage_id": self.prospect.id}
        self._step(sequence, branch="yes", name="up", **inside)
        sequence.action_publish()
        small, big = leads = self._leads(2)
        big.expected_revenue = 200
        entered = sequence._enroll(leads)
        self.run_until(days=2)
        self.assertEqual(set(entered.mapped("state")), {"waiting"})
        self.run_until(days=2)
        of = {enrollment.lead_id: enrollment for enrollment in entered}
        self.assertEqual(
            self.done(of[big]), [("wait", "done"), ("big?", "yes"), ("up", "done"), ("end", "done")]
        )
        self.assertEqual(self.done(of[small]), [("wait", "done"), ("big?", "no"), ("end", "done")])
        self.assertEqual(
            (big.lifecycle_stage_id, small.lifecycle_stage_id.kind), (self.prospect, "lead")
        )
        self.assertEqual(set(entered.mapped("state")), {"exited"})

    def test_nobody_comes_in_twice(self):
        sequence = self._sequence({"kind": "wait", "name": "wait"}, reentry="after", reentry_days=5)
        leads = self._leads(3)
        self.assertEqual(len(sequence._enroll(leads[:2])), 2)
        self.assertEqual(sequence._enroll(leads).lead_id, leads[2])
        self.run_until(days=2)
        self.assertFalse(sequence._enroll(leads))
        self.run_until(days=5)
        self.assertEqual(sequence._enroll(leads).mapped("round"), [2, 2, 2])

    @mute_logger("odoo.sql_db")
    def test_one_bad_record_stops_nobody(self):
        sequence = self._sequence({"kind": "stage", "name": "up", "stage_id": self.prospect.id})
        leads = self._leads(9)
        enrollments = sequence._enroll(leads)
        stage = CrmNurtureStep._do_stage

        def broken(step, those):
            if leads[4] in those.lead_id:
                self.env.cr.execute("SELECT 1/0")
            return stage(step, those)

        self.patch(CrmNurtureStep, "_do_stage", broken)
        self.run_until(minutes=1)
        bad = enrollments.filtered(lambda one: one.lead_id == leads[4])
        self.assertEqual((bad.state, "division by zero" in bad.reason), ("quarantine", True))
        self.assertEqual(set((enrollments - bad).mapped("state")), {"done"})
        self.assertFalse(self.done(bad))

    def test_what_was_done_is_not_done_again(self):
        sequence = self._sequence({"kind": "stage", "name": "up", "stage_id": self.prospect.id})
        lead = self._leads(1)
        enrollment = sequence._enroll(lead)
        self.run_until(minutes=1)
        lead.lifecycle_stage_id = self.lead
        enrollment.write(
            {"state": "waiting", "step_id": sequence.version_id.step_ids.id, "due_at": self.start}
        )
        self.run_until(minutes=1)
        self.assertEqual(lead.lifecycle_stage_id, self.lead)
        self.assertEqual((enrollment.state, len(self.done(enrollment))), ("done", 1))
