from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.nurture import crm_nurture_sequence_trigger
from ...models.nurture.crm_nurture_sequence_watch import CrmNurtureSequence as Watch
from .common import NurtureCase

WAIT = {"kind": "wait", "name": "wait", "wait_number": 3}


@tagged("post_install", "-at_install")
class TestNurtureEngine(NurtureCase):
    """What happens at the same time, what is gone meanwhile, and what nothing costs."""

    def up(self, **values):
        return {"kind": "stage", "name": "up", "stage_id": self.prospect.id, **values}

    def states(self, enrollments):
        self.env.invalidate_all()
        return [(one.state, one.cause) for one in enrollments]

    # -- stopped at that very moment --------------------------------------------------------

    def test_who_came_in_while_the_sequence_was_paused_rests(self):
        sequence = self._sequence(self.up())
        entered = sequence._enroll(self._leads(2))
        sequence.action_pause()
        # as if a transaction that the pause did not see had let this one in
        entered[0].write({"state": "waiting", "due_at": self.start})
        self.run_until(minutes=1)
        self.assertEqual(self.states(entered), [("paused", False)] * 2)
        self.assertFalse(self.done(entered[0]))
        sequence.action_resume()
        self.run_until(minutes=1)
        self.assertEqual(self.states(entered), [("done", "end")] * 2)

    def test_who_was_worked_on_when_the_sequence_was_closed_leaves(self):
        sequence = self._sequence(WAIT, self.up())
        entered = sequence._enroll(self._leads(2))
        sequence.action_close()
        entered[0].write({"state": "waiting", "due_at": self.start, "left_at": False})
        self.run_until(minutes=1)
        self.assertEqual(self.states(entered), [("exited", "closed")] * 2)
        self.assertTrue(entered[0].left_at)
        self.assertFalse(self.done(entered[0]))

    # -- others at work -----------------------------------------------------------------------

    def test_a_look_is_taken_again_when_another_transaction_is_in_the_way(self):
        sequence = self._sequence(WAIT, trigger="created")
        leads = self._leads(2)
        look, calls = Watch._watch, []

        def disturbed(those):
            calls.append(those.id)
            if len(calls) < 3:
                raise SerializationFailure("could not serialize access")
            return look(those)

        self.patch(Watch, "_watch", disturbed)
        with self.committing(sequence) as watched:
            watched._cron_watch()
        self.assertEqual(calls.count(sequence.id), 3)
        self.assertEqual(sequence.enrollment_ids.lead_id, leads)

    def test_a_look_that_never_succeeds_is_left_to_the_next_time(self):
        first, second = (self._sequence(WAIT, trigger="created") for _ in range(2))
        leads = self._leads(1)
        look = Watch._watch

        def disturbed(those):
            if those.id == first.id:
                raise SerializationFailure("could not serialize access")
            return look(those)

        self.patch(Watch, "_watch", disturbed)
        with self.committing(first) as watched:
            watched._cron_watch()
        self.assertFalse(first.enrollment_ids)
        self.assertEqual(second.enrollment_ids.lead_id, leads)

    def test_who_was_looked_at_longest_ago_has_the_first_turn(self):
        first, second, third = (self._sequence(WAIT) for _ in range(3))
        first.watched_at, second.watched_at = self.start, self.start - timedelta(hours=1)
        ours = [one for one in first._running() if one in first | second | third]
        self.assertEqual(ours, [third, second, first])

    def test_events_are_left_behind_when_no_writer_is_left(self):
        sequence = self._sequence(WAIT, trigger="created")
        floors = []
        for oldest, this in ((100, 105), (105, 110), (106, 111)):
            self.patch(crm_nurture_sequence_trigger, "WRITERS", f"SELECT {oldest}, {this}")
            self._leads(1)
            sequence._raise_floor()
            floors.append(sequence.event_floor)
        # 105 may still have been writing when the first number was read
        self.assertEqual(floors[0], floors[1])
        self.assertGreater(floors[2], floors[1])

    def test_the_database_tells_who_still_writes(self):
        writing = "SELECT pg_current_xact_id()::text::bigint"
        with self.env.registry.cursor() as writer, self.env.registry.cursor() as reader:
            writer.execute(writing)
            number = writer.fetchone()[0]
            reader.execute(crm_nurture_sequence_trigger.WRITERS)
            oldest, horizon = reader.fetchone()
            self.assertLessEqual(oldest, number)
            self.assertGreater(horizon, number)
            reader.rollback()
            reader.execute(crm_nurture_sequence_trigger.WRITERS)
            self.assertLess(reader.fetchone()[0], horizon, "the floor is not raised meanwhile")

    def test_a_call_that_comes_too_soon_is_not_relied_upon(self):
        cron = self.env.ref("crm_lifecycle.ir_cron_nurture")
        calls = self.env["ir.cron.trigger"]
        calls.search([("cron_id", "=", cron.id)]).unlink()
        cron._trigger(self.start + timedelta(minutes=1))
        sequence = self._sequence({**WAIT, "wait_number": 5, "wait_unit": "minutes"})
        sequence._enroll(self._leads(1))
        moments = calls.search([("cron_id", "=", cron.id)]).mapped("call_at")
        self.assertIn(self.start + timedelta(minutes=5), moments)

    def test_helpers_are_called_once(self):
        self.env["res.config.settings"].create({"nurture_workers": 2}).execute()
        helper = self.enrollments._crons()[1]
        sequence = self._sequence(self.up())
        sequence._enroll(self._leads(5))
        self.patch(self.env.registry["crm.nurture.enrollment"], "_claim", self.claim_two)
        with self.committing(self.enrollments) as engine:
            engine._cron_run_due()
        self.assertEqual(set(sequence.enrollment_ids.mapped("state")), {"done"})
        calls = self.env["ir.cron.trigger"].search_count([("cron_id", "=", helper.id)])
        self.assertEqual(calls, 1)

    @staticmethod
    def claim_two(engine, _limit):
        domain = engine._due_domain()
        return engine.search(domain, limit=2)

    def test_each_kind_costs_the_same_for_one_and_for_hundred(self):
        call = self.env.ref("mail.mail_activity_data_call")
        plan = self.env["mail.activity.plan"].create(
            {
                "name": "Plan",
                "res_model": "crm.lead",
                "template_ids": [(0, 0, {"activity_type_id": call.id})],
            }
        )
        other = self._sequence(WAIT)
        steps = (
            WAIT | {"wait_number": 0},
            {"kind": "condition", "domain": "[('priority', '=', '1')]"},
            {"kind": "condition", "check": "opened"},
            self.up(),
            {"kind": "tag", "tag_ids": self.env["crm.tag"].create({"name": "T"}).ids},
            # not "assign": Odoo looks for the team of each lead, however it is assigned
            {"kind": "activity", "activity_type_id": call.id},
            {"kind": "plan", "activity_plan_id": plan.id},
            {"kind": "sequence", "next_sequence_id": other.id},
            {"kind": "exit"},
        )
        for step in steps:
            sequence = self._sequence(step)
            counts = [self.cost(sequence, number) for number in (3, 3, 103)]
            with self.subTest(kind=step["kind"]):
                # Odoo writes in batches of 100
                self.assertLessEqual(counts[2], counts[1] + 8, counts)

    def cost(self, sequence, number):
        """Count the queries of a step for so many people."""
        enrollments = sequence._enroll(self._leads(number, user_id=self.salesman.id))
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        enrollments._run_step(sequence.version_id.step_ids)
        return self.env.cr.sql_log_count - before

    # -- what is gone meanwhile -----------------------------------------------------------------

    def test_a_step_whose_target_is_gone_fails_and_people_go_on(self):
        tag = self.env["crm.tag"].create({"name": "Short-lived"})
        kind = self.env["mail.activity.type"].create({"name": "Short-lived"})
        sequence = self._sequence(
            WAIT,
            {"kind": "tag", "name": "tag", "tag_ids": tag.ids},
            {"kind": "activity", "name": "call", "activity_type_id": kind.id},
            {"kind": "assign", "name": "give", "user_id": self.colleague.id},
            self.up(),
        )
        leads = self._leads(2, user_id=self.salesman.id)
        entered = sequence._enroll(leads)
        tag.unlink()
        kind.unlink()
        self.colleague.active = False
        self.run_until(days=4)
        self.assertEqual(
            self.done(entered[0]),
            [
                ("wait", "done"),
                ("tag", "failed"),
                ("call", "failed"),
                ("give", "failed"),
                ("up", "done"),
            ],
        )
        notes = self.deliveries.search([("outcome", "=", "failed")]).mapped("note")
        self.assertTrue(all(notes))
        self.assertEqual(leads.user_id, self.salesman, "nobody loses the salesperson")

    def test_activities_are_for_somebody_who_is_there(self):
        call = self.env.ref("mail.mail_activity_data_call")
        sequence = self._sequence(
            {"kind": "activity", "activity_type_id": call.id}, user_id=self.marketing.id
        )
        leads = self._leads(2)
        leads[0].user_id, leads[1].user_id = self.salesman, self.colleague
        self.colleague.active = False
        sequence._enroll(leads)
        self.run_until(minutes=1)
        activities = [lead.activity_ids for lead in leads]
        self.assertEqual(
            [(one.user_id, one.res_name) for one in activities],
            [(self.salesman, "Lead 0"), (self.marketing, "Lead 1")],
        )
        self.assertEqual(set(leads.activity_ids.mapped("res_model")), {"crm.lead"})

    def test_what_is_for_other_records_is_not_published(self):
        plan = self.env["mail.activity.plan"].create({"name": "P", "res_model": "res.partner"})
        action = self.env["ir.actions.server"].create(
            {
                "name": "A",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "code",
                "code": "pass",
            }
        )
        other = self._sequence(WAIT, model="res.partner")
        for step in (
            {"kind": "plan", "activity_plan_id": plan.id},
            {"kind": "action", "action_id": action.id},
            {"kind": "sequence", "next_sequence_id": other.id},
        ):
            with self.assertRaises(UserError):
                self._sequence(step)

    def test_a_date_that_is_put_off_is_waited_for(self):
        sequence = self._sequence(
            {"kind": "wait", "wait_mode": "date", "wait_field": "date_deadline", "wait_hour": 9}
        )
        leads = self._leads(2, date_deadline="2026-06-05")
        entered = sequence._enroll(leads)
        leads[0].date_deadline = "2026-06-08"
        self.run_until(days=5)
        self.assertEqual([one.state for one in entered], ["waiting", "done"])
        self.assertEqual(entered[0].due_at.date().isoformat(), "2026-06-08")
        self.assertFalse(self.done(entered[0]))
        self.run_until(days=3)
        self.assertEqual(entered[0].state, "done")

    def test_the_sequence_to_start_is_paused_or_closed(self):
        other = self._sequence(WAIT)
        sequence = self._sequence({"kind": "sequence", "name": "go", "next_sequence_id": other.id})
        first, second = self._leads(2)
        other.action_pause()
        waiting = sequence._enroll(first)
        self.run_until(hours=3)
        self.assertEqual((waiting.state, self.done(waiting)), ("waiting", []))
        other.action_resume()
        self.run_until(hours=1)
        self.assertEqual((waiting.state, other.enrollment_ids.lead_id), ("done", first))
        other.action_close()
        late = sequence._enroll(second)
        self.run_until(minutes=1)
        self.assertEqual((late.state, self.done(late)), ("done", [("go", "failed")]))

    def test_nobody_is_moved_to_an_archived_stage(self):
        stage = self.mql.copy({"name": "Short-lived"})
        sequence = self._sequence({"kind": "stage", "name": "up", "stage_id": stage.id})
        lead = self._lead()
        stage.active = False
        entered = sequence._enroll(lead)
        self.run_until(minutes=1)
        self.assertEqual(self.done(entered), [("up", "failed")])
        self.assertEqual(lead.lifecycle_stage_id.kind, "lead")

    # -- sequences that start each other ----------------------------------------------------------

    def test_sequences_that_start_each_other_come_to_rest(self):
        options = {"reentry": "after", "reentry_days": 1}
        one = self._sequence(self.up(), **options)
        other = self._sequence({"kind": "sequence", "next_sequence_id": one.id}, **options)
        draft = one.version_id._make_draft()
        self._step(one, kind="sequence", next_sequence_id=other.id, sequence=99)
        self._step(one, kind="sequence", next_sequence_id=one.id, sequence=98)
        self.assertEqual(one.draft_id, draft)
        one.action_publish()
        lead = self._leads(1)
        one._enroll(lead)
        self.run_until(minutes=1)
        rounds = [len(one.enrollment_ids), len(other.enrollment_ids)]
        self.assertEqual(rounds, [1, 1])
        self.assertEqual(set((one | other).enrollment_ids.mapped("state")), {"done"})

    # -- retention ------------------------------------------------------------------------------

    def test_those_who_may_come_again_later_do_not_block_the_retention(self):
        self.patch(type(self.enrollments), "_retention_months", lambda _model: 1)
        from ...models.nurture import crm_nurture_enrollment_retention

        self.patch(crm_nurture_enrollment_retention, "CHUNK", 2)
        long = self._sequence(self.up(), reentry="after", reentry_days=400)
        short = self._sequence(self.up(), reentry="after", reentry_days=5)
        long._enroll(self._leads(3))
        self.run_until(minutes=1)
        gone = short._enroll(self._leads(2))
        self.run_until(days=90)
        self.enrollments._gc_left()
        self.assertFalse(gone.exists())
        self.assertEqual(len(long.enrollment_ids), 3)
