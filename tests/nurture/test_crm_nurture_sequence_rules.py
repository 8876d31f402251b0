from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.nurture import holdout
from .common import NurtureCase

WAIT = {"kind": "wait", "name": "wait", "wait_number": 3}


@tagged("post_install", "-at_install")
class TestCrmNurtureSequenceRules(NurtureCase):
    """Who leaves before the end, who has to wait, who may not come in."""

    def up(self, **values):
        """Give a step that is seen to be done."""
        return {"kind": "stage", "name": "up", "stage_id": self.prospect.id, **values}

    def watch(self, sequence):
        """Look around now."""
        sequence._watch()
        self.assertFalse(sequence.problem)
        self.env.invalidate_all()

    def state(self, enrollments):
        return [(one.state, one.cause) for one in enrollments]

    def test_goal_ends_it_while_somebody_waits(self):
        sequence = self._sequence(WAIT, self.up(), goal_domain="[('priority', '=', '3')]")
        leads = self._leads(3)
        entered = sequence._enroll(leads)
        self.run_until(days=1)
        leads[1].priority = "3"
        self.watch(sequence)
        self.assertEqual(
            self.state(entered), [("waiting", False), ("goal", "goal"), ("waiting", False)]
        )
        self.assertEqual(entered[1].goal_at, entered[1].left_at)
        self.run_until(days=3)
        self.assertEqual(leads[1].lifecycle_stage_id.kind, "lead")
        self.assertEqual(leads[0].lifecycle_stage_id, self.prospect)

    def test_goal_stage_counts_what_is_beyond(self):
        sequence = self._sequence(WAIT, goal_stage_id=self.prospect.id)
        leads = self._leads(3)
        entered = sequence._enroll(leads)
        leads[0].lifecycle_stage_id = self.customer
        leads[1].lifecycle_stage_id = self.former
        self.run_until(days=4)
        self.assertEqual(self.state(entered), [("goal", "goal"), ("done", "end"), ("done", "end")])

    def test_exit_rule_right_before_a_step(self):
        sequence = self._sequence(WAIT, self.up(), exit_domain="[('priority', '=', '1')]")
        leads = self._leads(2)
        entered = sequence._enroll(leads)
        leads[0].priority = "1"
        self.run_until(days=4)
        self.assertEqual(self.state(entered), [("exited", "rule"), ("done", "end")])
        self.assertEqual(leads[0].lifecycle_stage_id.kind, "lead")

    def test_lost_and_deleted_leads_leave(self):
        sequence = self._sequence(WAIT, self.up())
        leads = self._leads(3)
        entered = sequence._enroll(leads)
        leads[0].action_set_lost()
        leads[1].unlink()
        self.assertEqual(
            self.env["crm.nurture.tally"].search_count([("outcome", "=", "waiting")]), 1
        )
        self.run_until(days=4)
        left = entered.exists()
        self.assertEqual(self.state(left), [("exited", "archived"), ("done", "end")])

    def test_who_leaves_the_segment_leaves(self):
        leads = self._leads(2, priority="2")
        segment = self.env["crm.segment"].create(
            {"name": "S", "model": "crm.lead", "domain": "[('priority', '=', '2')]"}
        )
        sequence = self._sequence(WAIT, segment_id=segment.id, leave_with_segment=True)
        entered = sequence._enroll(leads)
        leads[0].priority = "0"
        self.watch(sequence)
        self.assertEqual(self.state(entered), [("exited", "segment"), ("waiting", False)])

    def test_stop_on_reply_at_once(self):
        sequence = self._sequence(self.up(), WAIT, self.up(name="again"))
        leads = self._leads(2)
        entered = sequence._enroll(leads)
        self.run_until(hours=1)
        trace = self.env["mailing.trace"].create({"model": "crm.lead", "res_id": leads[0].id})
        self.deliveries.search([("enrollment_id", "=", entered[0].id)]).trace_id = trace
        trace.set_replied()
        self.assertLess(entered[0].due_at, self.clock() + timedelta(minutes=1))
        self.run_until(minutes=2)
        self.assertEqual(self.state(entered), [("exited", "reply"), ("waiting", False)])

    def test_reply_that_was_noted_elsewhere(self):
        sequence = self._sequence(WAIT, stop_on_reply=True)
        leads = self._leads(2)
        entered = sequence._enroll(leads)
        self.clock.tick(3600)
        self.env["crm.touchpoint"]._log(
            [{"lead_id": leads[0].id, "channel": "email", "event": "replied"}]
        )
        self.watch(sequence)
        self.assertEqual(self.state(entered), [("exited", "reply"), ("waiting", False)])

    def test_sales_brake_holds_and_lets_go(self):
        contact = self._contact(name="A")
        colleague = self._contact(name="B", parent_id=contact.id)
        leads = self._leads(1, partner_id=colleague.id) | self._leads(1)
        sequence = self._sequence(WAIT, self.up())
        entered = sequence._enroll(leads)
        order = self.env["sale.order"].create({"partner_id": contact.id})
        self.run_until(days=4)
        self.assertEqual(self.state(entered), [("held", "sales"), ("done", "end")])
        self.watch(sequence)
        self.assertEqual(entered[0].state, "held")
        order.action_cancel()
        self.watch(sequence)
        self.assertEqual(entered[0].state, "waiting")
        self.run_until(minutes=1)
        self.assertEqual(self.state(entered), [("done", "end"), ("done", "end")])

    def test_meeting_ahead_holds_until_it_is_over(self):
        lead = self._leads(1)
        sequence = self._sequence(self.up())
        entered = sequence._enroll(lead)
        self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": self.start + timedelta(hours=5),
                "stop": self.start + timedelta(hours=6),
                "opportunity_id": lead.id,
            }
        )
        self.run_until(hours=1)
        self.assertEqual(self.state(entered), [("held", "sales")])
        self.clock.tick(6 * 3600)
        self.watch(sequence)
        self.run_until(minutes=1)
        self.assertEqual(self.state(entered), [("done", "end")])

    def test_restricted_people_wait_and_do_not_come_in(self):
        sequence = self._sequence(WAIT, self.up())
        leads = self._leads(3)
        leads[0].privacy_restricted = True
        entered = sequence._enroll(leads)
        self.assertEqual(entered.lead_id, leads[1:])
        leads[1].privacy_restricted = True
        self.run_until(days=4)
        self.assertEqual(self.state(entered), [("held", "restricted"), ("done", "end")])

    def test_who_is_at_the_goal_does_not_come_in(self):
        sequence = self._sequence(
            WAIT, goal_domain="[('priority', '=', '3')]", exit_domain="[('priority', '=', '1')]"
        )
        leads = self._leads(3)
        leads[0].priority, leads[1].priority = "3", "1"
        self.assertEqual(sequence._enroll(leads).lead_id, leads[2])
        self.assertFalse(sequence._enroll(leads))

    def test_holdout_gets_nothing_and_is_compared(self):
        sequence = self._sequence(
            self.up(), holdout_percent=50, goal_domain="[('priority', '=', '3')]"
        )
        leads = self._leads(40)
        entered = sequence._enroll(leads)
        held = entered.filtered(lambda one: one.state == "holdout")
        expected = leads.filtered(lambda lead: holdout.is_held_out(sequence.id, lead.id, 50))
        self.assertEqual(held.lead_id, expected)
        self.assertTrue(5 < len(held) < 35)
        self.run_until(days=1)
        self.assertEqual(set(held.lead_id.mapped("lifecycle_stage_id.kind")), {"lead"})
        leads.priority = "3"
        self.watch(sequence)
        self.assertTrue(all(entered.mapped("goal_at")))
        self.assertEqual(set(held.mapped("state")), {"holdout"})

    def test_late_goals_do_not_count(self):
        sequence = self._sequence(self.up(), goal_domain="[('priority', '=', '3')]", goal_days=10)
        lead = self._leads(1)
        entered = sequence._enroll(lead)
        self.run_until(days=11)
        lead.priority = "3"
        self.watch(sequence)
        self.assertFalse(entered.goal_at)

    @mute_logger("odoo.sql_db")
    def test_broken_rule_stops_its_sequence_alone(self):
        broken = self._sequence(self.up(), exit_domain="[('priority', '=', '1')]")
        sound = self._sequence(self.up())
        first, second = leads = self._leads(2)
        stuck, fine = broken._enroll(first), sound._enroll(second)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_nurture_sequence SET exit_domain = %s WHERE id = %s",
            ["[('no_such_field', '=', 1)]", broken.id],
        )
        self.env.invalidate_all()
        self.run_until(minutes=1)
        self.assertEqual((stuck.state, fine.state), ("waiting", "done"))
        self.assertIn("no_such_field", broken.problem)
        broken.sudo().exit_domain = "[]"
        broken._watch()
        self.run_until(hours=2)
        self.assertEqual((stuck.state, broken.problem), ("done", False))
        self.assertEqual(leads[0].lifecycle_stage_id, self.prospect)

    def test_bad_filters_are_refused(self):
        for domain in ("[('no_such_field', '=', 1)]", "[(", "import os"):
            with self.assertRaises(ValidationError):
                self._sequence(WAIT, exit_domain=domain)

    def test_filters_see_what_the_owner_sees(self):
        mine, other = self._leads(2, user_id=False)
        mine.user_id, other.user_id = self.salesman, self.colleague
        sequence = self._sequence(WAIT, goal_domain="[('priority', '=', '3')]")
        self.env.cr.execute("UPDATE crm_nurture_sequence SET user_id = %s", [self.salesman.id])
        self.env.invalidate_all()
        entered = sequence._enroll(mine | other)
        (mine | other).priority = "3"
        self.watch(sequence)
        self.assertEqual(entered.mapped("state"), ["goal", "waiting"])

    def test_nobody_acts_with_the_rights_of_somebody_else(self):
        sequence = self._sequence(WAIT, publish=False)
        mine = sequence.with_user(self.marketing)
        with self.assertRaises(AccessError):
            mine.create({"name": "X", "user_id": self.manager.id})
        with self.assertRaises(AccessError):
            mine.user_id = self.manager
        mine.exit_domain = "[('priority', '=', '1')]"
        self.assertEqual(sequence.user_id, self.marketing)

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        sequence = self._sequence(WAIT)
        leads = self._leads(2)
        leads[1].company_id = other
        self.assertEqual(sequence._enroll(leads).lead_id, leads[0])

    def test_who_has_left_waits_for_nothing(self):
        steps = ({"kind": "wait", "name": "wait", "wait_number": 3},)
        closed, published = self._sequence(*steps), self._sequence(*steps)
        people = closed._enroll(self._leads(1)) | published._enroll(self._leads(1))
        people.write({"held_by": "cap", "reason": "The server did not answer"})
        closed.action_close()
        published.action_edit()
        publish = self.env["crm.nurture.publish"]._prepare(published)
        publish.line_ids.choice = "leave"
        publish.action_publish()
        self.env.invalidate_all()
        self.assertEqual(people.mapped("state"), ["exited"] * 2)
        self.assertEqual(people.mapped("cause"), ["closed", "hand"])
        self.assertEqual(people.mapped("held_by") + people.mapped("reason"), [False] * 4)

    def test_close(self):
        sequence = self._sequence(WAIT)
        entered = sequence._enroll(self._leads(2))
        sequence.action_close()
        self.assertEqual(self.state(entered), [("exited", "closed")] * 2)
        with self.assertRaises(UserError):
            sequence._enroll(self._leads(1))

    def test_deleting_and_archiving(self):
        sequence = self._sequence(self.up(), WAIT, holdout_percent=30)
        entered = sequence._enroll(self._leads(20))
        self.run_until(minutes=1)
        with self.assertRaises(UserError):
            sequence.unlink()
        sequence.active = False
        self.assertEqual(set(entered.mapped("state")), {"paused", "holdout"})
        sequence.action_close()
        self.assertTrue(all(entered.mapped("left_at")))
        sequence.unlink()
        self.assertFalse(entered.exists())

    def test_pause_keeps_everybody(self):
        sequence = self._sequence(WAIT, self.up())
        entered = sequence._enroll(self._leads(2))
        sequence.action_pause()
        self.run_until(days=5)
        self.assertEqual(set(entered.mapped("state")), {"paused"})
        entered[0].lead_id.active = False
        self.watch(sequence)
        sequence.action_resume()
        self.run_until(minutes=1)
        self.assertEqual(self.state(entered), [("exited", "archived"), ("done", "end")])

    def test_rules_cost_the_same_for_one_and_for_hundred(self):
        sequence = self._sequence(
            self.up(),
            WAIT,
            goal_domain="[('priority', '=', '3')]",
            exit_domain="[('priority', '=', '1')]",
        )
        counts = []
        for number in (1, 1, 100):
            sequence._enroll(self._leads(number))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            due = self.enrollments._claim(500)
            due._departures()
            counts.append(self.env.cr.sql_log_count - before)
            due._leave("exited")
        self.assertEqual(counts[1], counts[2])

    def test_retry_and_leave_by_hand(self):
        sequence = self._sequence(WAIT)
        entered = sequence._enroll(self._leads(2))
        entered[0]._quarantine(ValueError("bad"))
        mine = entered.with_user(self.marketing)
        with self.assertRaises(AccessError):
            entered.with_user(self.salesman).action_retry()
        mine[0].action_retry()
        self.assertEqual((entered[0].state, entered[0].due_at), ("waiting", fields.Datetime.now()))
        mine[1].action_leave()
        self.assertEqual(self.state(entered[1]), [("exited", "hand")])
