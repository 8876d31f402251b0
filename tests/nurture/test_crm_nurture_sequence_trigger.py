from datetime import date, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...models.nurture import crm_nurture_sequence_enroll
from .common import NurtureCase

WAIT = {"kind": "wait", "name": "wait", "wait_number": 30}


@tagged("post_install", "-at_install")
class TestCrmNurtureSequenceTrigger(NurtureCase):
    """What brings people in, each event once; who is not meant stays out."""

    def watch(self, sequence):
        """Look around now; give who is in."""
        self.env.flush_all()
        sequence._watch()
        self.assertFalse(sequence.problem)
        self.env.invalidate_all()
        return sequence.enrollment_ids[sequence._subject()]

    def test_audience(self):
        leads = self._leads(3, priority="2")
        sequence = self._sequence(
            WAIT, trigger="audience", domain=f"[('priority', '=', '2'), ('id', 'in', {leads.ids})]"
        )
        self.assertEqual(self.watch(sequence), leads)
        self.assertEqual(len(sequence.enrollment_ids), 3)
        self.watch(sequence)
        self.assertEqual(len(sequence.enrollment_ids), 3)

    def test_created_leads_of_the_audience(self):
        self._leads(2, priority="2")
        sequence = self._sequence(WAIT, trigger="created", domain="[('priority', '=', '2')]")
        new = self._leads(2, priority="2")
        self._leads(1, priority="1")
        self.assertEqual(self.watch(sequence), new)

    def test_segment(self):
        leads = self._leads(3)
        leads[0].priority = "2"
        segment = self.env["crm.segment"].create(
            {"name": "S", "model": "crm.lead", "domain": "[('priority', '=', '2')]"}
        )
        sequence = self._sequence(WAIT, trigger="segment", segment_id=segment.id)
        everybody = self._sequence(
            WAIT, trigger="segment", segment_id=segment.id, with_present=True
        )
        leads[1].priority = "2"
        self.assertEqual(self.watch(sequence), leads[1])
        present = self.env["crm.lead"].search([("priority", "=", "2")])
        self.assertEqual(self.watch(everybody), present)

    def test_stage(self):
        leads = self._leads(3)
        leads[0].lifecycle_stage_id = self.prospect
        sequence = self._sequence(WAIT, trigger="stage", trigger_stage_id=self.prospect.id)
        leads[1].lifecycle_stage_id = self.prospect
        leads[2].lifecycle_stage_id = self.customer
        self.assertEqual(self.watch(sequence), leads[1])

    def test_score(self):
        sequence = self._sequence(WAIT, trigger="score", trigger_score=60)
        leads = self._leads(4)
        self.env["crm.score.history"].create(
            [
                {"lead_id": lead.id, "date": self.start, "old_score": old, "score": new}
                for lead, old, new in zip(leads, (50, 70, 20, 0), (60, 90, 50, 80), strict=True)
            ]
        )
        self.assertEqual(self.watch(sequence), leads[0] | leads[3])

    def test_form(self):
        sequence = self._sequence(WAIT, trigger="form")
        lead = self._leads(2)[0]
        self.env["crm.touchpoint"]._log(
            [{"lead_id": lead.id, "channel": "web_form", "event": "submitted"}]
        )
        self.assertEqual(self.watch(sequence), lead)

    def test_rfm(self):
        lost, new = self.env["crm.rfm.segment"].search([], limit=2)
        sequence = self._sequence(
            WAIT, model="res.partner", trigger="rfm", trigger_rfm_ids=lost.ids
        )
        contacts = self._contact() | self._contact()
        policy = self.env["crm.rfm.policy"].search([("is_default", "=", True)], limit=1)
        self.env["crm.rfm.move"].create(
            [
                {
                    "policy_id": policy.id,
                    "partner_id": contact.id,
                    "date": self.start.date(),
                    "from_segment_id": (lost | new - target).id
                    if len(lost | new - target) == 1
                    else new.id,
                    "to_segment_id": target.id,
                }
                for contact, target in zip(contacts, (lost, new), strict=True)
            ]
        )
        self.assertEqual(self.watch(sequence), contacts[0])
        with self.assertRaises(ValidationError):
            self._sequence(WAIT, trigger="rfm")

    def test_anniversary(self):
        sequence = self._sequence(
            WAIT,
            trigger="anniversary",
            trigger_field="date_deadline",
            trigger_days=-3,
            domain="[('referred', '=', 'anniversary')]",
            reentry="after",
            reentry_days=60,
        )
        days = [date(2019, 6, 4), date(2026, 6, 4), date(2024, 6, 5), date(2020, 2, 29)]
        leads = self._leads(4, referred="anniversary")
        for lead, day in zip(leads, days, strict=True):
            lead.date_deadline = day
        self.assertEqual(self.watch(sequence), leads[:2])
        self.clock.move_to(self.start + timedelta(days=3))
        self.assertEqual(self.watch(sequence), leads[:3])
        self.run_until(days=60)
        self.clock.move_to(self.start.replace(year=2027, month=2, day=25))
        self.watch(sequence)
        self.assertEqual(len(sequence.enrollment_ids), 4)
        self.clock.move_to(self.start.replace(year=2027, month=6, day=1))
        self.watch(sequence)
        self.watch(sequence)
        self.assertEqual(len(sequence.enrollment_ids), 6)

    def test_an_event_brings_in_once(self):
        sequence = self._sequence(
            {"kind": "wait", "wait_number": 0},
            trigger="created",
            reentry="after",
            reentry_days=1,
        )
        leads = self._leads(2)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id IN %s", [self.start, tuple(leads.ids)]
        )
        self.assertEqual(self.watch(sequence), leads)
        self.run_until(days=3)
        floor = sequence.event_floor
        sequence.event_floor = 0
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id NOT IN %s",
            [self.start - timedelta(days=9), tuple(leads.ids)],
        )
        sequence.domain = f"[('id', 'in', {leads.ids})]"
        self.watch(sequence)
        self.assertEqual(len(sequence.enrollment_ids), 2)
        self.assertGreaterEqual(sequence.event_floor, floor)

    def test_any_number_in_chunks(self):
        self.patch(crm_nurture_sequence_enroll, "CHUNK", 3)
        leads = self._leads(10)
        sequence = self._sequence(WAIT, domain=f"[('id', 'in', {leads.ids})]")
        sequence.with_user(self.manager)._enroll_audience()
        self.assertEqual(sequence.enrollment_ids.lead_id, leads)
        self.assertEqual(set(sequence.enrollment_ids.mapped("state")), {"waiting"})
        self.assertTrue(all(sequence.enrollment_ids.mapped("due_at")))

    def test_enrolling_costs_the_same_for_one_and_for_hundred(self):
        sequence = self._sequence(WAIT)
        sequence._enroll(self._leads(1))
        counts = []
        for number in (1, 100):
            leads = self._leads(number)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            sequence._enroll(leads)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_publishing_wakes_the_look_around(self):
        cron = self.env.ref("crm_lifecycle.ir_cron_nurture_watch")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self._sequence(WAIT, trigger="created")
        now = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertEqual(now, triggers + 1)
