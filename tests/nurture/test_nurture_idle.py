from datetime import timedelta

from odoo.tests import tagged

from ...models.nurture.crm_nurture_sequence_watch import CrmNurtureSequence as Watch
from .common import NurtureCase

WAIT = {"kind": "wait", "name": "wait", "wait_number": 3}


@tagged("post_install", "-at_install")
class TestNurtureIdle(NurtureCase):
    """Where the look around finds something to do, and that it costs little where not."""

    def looked_at(self, sequences):
        """Look around until all is quiet."""
        for _number in range(3):
            for sequence in sequences:
                sequence._watch()
                self.assertFalse(sequence.problem)
            # in the suite, all is one transaction that never ends
            for sequence in sequences:
                sequence.event_floor = sequence._last_event()
        self.env.flush_all()

    def busy(self, sequences):
        """Give those that show a sign; none of them fails."""
        self.env.invalidate_all()
        with self.assertNoLogs("odoo.addons.crm_lifecycle.models.nurture", "INFO"):
            return sequences._busy()

    def all_kinds(self):
        """Give one sequence of each kind of trigger, each with somebody inside."""
        segment = self.env["crm.segment"].create(
            {"name": "S", "model": "crm.lead", "domain": "[('priority', '=', '3')]"}
        )
        nobody = "[('name', '=', 'nobody')]"
        asked = {"kind": "condition", "check": "opened", "timeout_number": 3}
        asked_too = {**asked, "check": "domain", "domain": nobody}
        common = {"goal_domain": nobody, "exit_domain": nobody, "domain": nobody}
        sequences = [
            self._sequence(asked, trigger="audience", **common),
            self._sequence(asked_too, trigger="segment", segment_id=segment.id, **common),
            self._sequence(
                WAIT, trigger="stage", trigger_stage_id=self.prospect.id, goal_stage_id=self.mql.id
            ),
            self._sequence(WAIT, trigger="score", reentry="after"),
            self._sequence(WAIT, trigger="created", with_present=True, **common),
            self._sequence(WAIT, trigger="form"),
            self._sequence(
                WAIT, trigger="anniversary", trigger_field="date_deadline", reentry="after"
            ),
            self._sequence(WAIT, leave_with_segment=False),
        ]
        return self.env["crm.nurture.sequence"].union(*sequences)

    def test_nothing_to_do_shows_no_sign(self):
        sequences = self.all_kinds()
        for sequence in sequences:
            sequence._enroll(self._leads(2))
        self.looked_at(sequences)
        self.run_until(minutes=1)
        self.clock.tick(60)
        self.assertFalse(self.busy(sequences))
        self.env.invalidate_all()
        self.assertEqual(set(sequences.mapped("watched_at")), {self.clock()})

    def test_an_idle_look_costs_little(self):
        sequences = self.all_kinds() | self.all_kinds()
        for sequence in sequences:
            sequence._enroll(self._leads(10))
        self.looked_at(sequences)
        self.patch(Watch, "_running", lambda _model: sequences.with_env(_model.env))
        counts = []
        for number in (1, 1, len(sequences)):
            few = sequences[:number]
            few.invalidate_recordset()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.assertFalse(few._busy())
            counts.append(self.env.cr.sql_log_count - before)
        # besides, one for the sequences and one for the moment of the next step
        self.assertLessEqual(counts[1], 4)
        self.assertLessEqual(counts[2], counts[1] + 2 * 4, "the goal of two is a stage")

    def test_each_change_is_a_sign(self):
        sequences = self.all_kinds()
        audience, segment, stage, score, created, form, anniversary, manual = sequences
        people = {one: one._enroll(self._leads(2)).lead_id for one in sequences}
        self.looked_at(sequences)
        self.run_until(minutes=1)

        def sign(change, *expected):
            self.env.flush_all()
            with self.env.cr.savepoint(flush=False) as savepoint:
                change()
                self.assertLessEqual(set(expected), set(self.busy(sequences)))
                savepoint.rollback()
            self.env.invalidate_all(flush=False)

        sign(lambda: people[audience][0].write({"active": False}), audience)
        sign(lambda: people[audience][0].write({"name": "nobody"}), audience)
        sign(lambda: people[segment][0].write({"name": "nobody"}), segment)
        sign(lambda: self.stage_move(people[stage][0]), stage)
        sign(self._lead, created)
        sign(lambda: self.submitted(people[manual][0]), form)
        sign(
            lambda: self._leads(1)[0].write({"date_deadline": self.start.date()}),
            anniversary,
        )
        sign(lambda: score.write({"problem": "broken"}), score)
        sign(lambda: segment.write({"segment_read_at": self.start - timedelta(days=1)}), segment)

    def stage_move(self, lead):
        lead.lifecycle_stage_id = self.prospect

    def submitted(self, lead):
        self.env["crm.touchpoint"]._log(
            [{"lead_id": lead.id, "channel": "web_form", "event": "submitted"}]
        )

    def test_a_broken_filter_stops_nobody_else(self):
        broken = self._sequence(WAIT, trigger="audience", domain="[('priority', '=', '3')]")
        well = self._sequence(WAIT, trigger="created")
        leads = self._leads(2)
        self.env.cr.execute(
            "UPDATE crm_nurture_sequence SET domain = %s WHERE id = %s",
            ["[('nothing', '=', 1)]", broken.id],
        )
        broken.invalidate_recordset()
        with self.committing(well) as watched:
            watched._cron_watch()
        self.assertIn("nothing", broken.problem)
        self.assertEqual(well.enrollment_ids.lead_id, leads)
        self.assertFalse(well.problem)

    def test_who_may_not_come_in_is_not_looked_for_again_and_again(self):
        leads = self._leads(4, referred="known")
        leads[3].privacy_restricted = True
        sequence = self._sequence(
            WAIT,
            trigger="audience",
            domain="[('referred', '=', 'known')]",
            goal_domain="[('priority', '=', '3')]",
            reentry="after",
            reentry_days=5,
        )
        leads[0].priority = "3"
        self.looked_at(sequence)
        self.assertEqual(sequence.enrollment_ids.lead_id, leads[1:3])
        self.assertFalse(self.busy(sequence))
        self.run_until(days=4)
        self.assertFalse(self.busy(sequence))
        self.run_until(days=5)
        self.assertEqual(self.busy(sequence), sequence)

    def test_a_date_that_comes_sooner_is_seen_by_the_look_around(self):
        sequence = self._sequence(
            {"kind": "wait", "wait_mode": "date", "wait_field": "date_deadline", "wait_hour": 9},
            {"kind": "stage", "name": "up", "stage_id": self.prospect.id},
        )
        leads = self._leads(3, date_deadline="2026-07-20")
        leads.partner_id = self._contact(tz="Europe/Paris")
        entered = sequence._enroll(leads)
        self.looked_at(sequence)
        self.assertFalse(self.busy(sequence))
        leads[0].date_deadline, leads[1].date_deadline = "2026-07-10", False
        self.assertEqual(self.busy(sequence), sequence)
        sequence._watch()
        self.run_until(minutes=1)
        self.assertEqual([one.state for one in entered], ["waiting", "done", "waiting"])
        self.assertEqual(
            [str(one.due_at) for one in entered[0] | entered[2]],
            ["2026-07-10 07:00:00", "2026-07-20 07:00:00"],
        )
        self.assertFalse(self.busy(sequence), "it is not woken again and again")
