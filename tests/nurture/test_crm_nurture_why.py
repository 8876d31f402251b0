from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .why_common import WAIT, NurtureWhyCase


@tagged("post_install", "-at_install")
class TestCrmNurtureWhy(NurtureWhyCase):
    """Why somebody is in a sequence, is not, or waits: the rule that decides, in plain words."""

    # ------------------------------------------------------------
    # Outside
    # ------------------------------------------------------------

    def test_not_in_the_audience(self):
        segment = self._segment()
        member, other, filtered, archived = self._leads(4, street="Asleep")
        other.street = "Awake"
        filtered.city = "Lyon"
        sequence = self._sequence(
            WAIT, segment_id=segment.id, domain="[('city', '!=', 'Lyon')]", trigger="audience"
        )
        segment._refresh()
        archived.active = False
        self.assertEqual(self.text(sequence, other), "Is not in the segment “Asleep”.")
        self.assertEqual(
            self.text(sequence, filtered), "Does not match the filter of the sequence."
        )
        self.assertEqual(self.text(sequence, archived), "Archived or lost.")
        self.assertEqual(self.code(sequence, member), "present")
        sequence._watch()
        self.assertEqual(sequence.enrollment_ids.lead_id, member)

    def test_following_rules_are_told_too(self):
        lead = self._leads(1, priority="3")
        sequence = self._sequence(
            WAIT,
            domain="[('city', '=', 'Lyon')]",
            goal_domain="[('priority', '=', '3')]",
            exit_domain="[('priority', '=', '3')]",
        )
        self.assertEqual(self.code(sequence, lead), "filter")
        self.assertIn("goal", self.also(sequence, lead))
        self.assertIn("exit rule", self.also(sequence, lead))

    def test_what_the_owner_may_not_see(self):
        lead = self._leads(1, user_id=self.colleague.id)
        sequence = self._sequence(WAIT, domain="[('name', '=', 'nobody')]")
        self.env.cr.execute(
            "UPDATE crm_nurture_sequence SET user_id = %s WHERE id = %s",
            [self.salesman.id, sequence.id],
        )
        self.env.invalidate_all()
        answer = self.why(sequence, lead)
        self.assertEqual(answer["code"], "hidden")
        self.assertIn(self.salesman.name, answer["text"])
        self.assertFalse(answer["also"], "nobody knows whether the filter would match")

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Other house"})
        self.marketing.company_ids |= other
        sequence = self._sequence(WAIT)
        lead = self._leads(1)
        lead.company_id = other
        both = self.marketing.company_ids.ids
        answer = (
            sequence.with_user(self.marketing)
            .with_context(allowed_company_ids=both)
            ._why(lead.with_user(self.marketing).with_context(allowed_company_ids=both))
        )
        self.assertEqual(answer["code"], "company")
        self.assertIn("Other house", answer["text"])
        self.assertFalse(sequence._enroll(lead))

    def test_goal_exit_rule_and_restriction(self):
        goal, gone, restricted, fine = self._leads(4)
        goal.priority, gone.priority, restricted.privacy_restricted = "3", "1", True
        sequence = self._sequence(
            WAIT, goal_domain="[('priority', '=', '3')]", exit_domain="[('priority', '=', '1')]"
        )
        codes = [self.code(sequence, lead) for lead in (goal, gone, restricted, fine)]
        self.assertEqual(codes, ["goal", "rule", "restricted", "manual"])
        self.assertEqual(sequence._enroll(goal | gone | restricted | fine).lead_id, fine)

    def test_unsubscribed(self):
        lead = self._leads(1, email_from="anna@bakery.test")
        sequence = self._sequence(WAIT)
        sequence._opt_out(["anna@bakery.test"])
        self.assertEqual(self.code(sequence, lead), "unsubscribed")
        self.assertFalse(sequence._enroll(lead))

    def test_never_again_and_again_later(self):
        lead = self._leads(1)
        never = self._sequence(WAIT)
        later = self._sequence(WAIT, reentry="after", reentry_days=30)
        (never | later).mapped(lambda one: one._enroll(lead))
        self.run_until(days=4)
        self.assertEqual(
            self.text(never, lead),
            "Was inside from 06/01/2026 to 06/04/2026: Came to the end. Nobody comes in twice.",
        )
        self.assertIn("again from 07/04/2026 on", self.text(later, lead))
        self.clock.move_to(fields.Datetime.add(self.start, days=40))
        self.assertEqual(self.code(later, lead), "manual")
        self.assertEqual(self.code(never, lead), "again")
        self.assertFalse(never._enroll(lead))
        self.assertTrue(later._enroll(lead))

    def test_hold_out_before_and_after(self):
        leads = self._leads(40)
        sequence = self._sequence(WAIT, holdout_percent=30)
        before = {lead for lead in leads if self.code(sequence, lead) == "held_out"}
        self.assertTrue(before)
        someone = next(iter(before))
        self.assertIn("30 %", self.text(sequence, someone))
        sequence.holdout_percent = 37.5
        self.env["res.lang"]._activate_lang("fr_FR")
        french = sequence.with_context(lang="fr_FR")
        self.assertIn("37,50", self.text(french, someone))
        sequence.holdout_percent = 30
        sequence._enroll(leads)
        after = {lead for lead in leads if self.code(sequence, lead) == "holdout"}
        self.assertEqual(before, after)

    def test_the_trigger_has_not_happened(self):
        lead, moved = self._leads(2)
        sequence = self._sequence(WAIT, trigger="stage", trigger_stage_id=self.prospect.id)
        answer = self.why(sequence, lead)
        self.assertEqual(answer["code"], "trigger")
        self.assertIn("since the start on 06/01/2026", answer["text"])
        self.assertIn(self.prospect.name, answer["text"])
        moved.lifecycle_stage_id = self.prospect
        self.assertEqual(self.code(sequence, moved), "event")
        sequence._watch()
        self.assertEqual(sequence.enrollment_ids.lead_id, moved)
        draft = self._sequence(
            WAIT, trigger="stage", trigger_stage_id=self.prospect.id, publish=False
        )
        answer = self.why(draft, lead)
        self.assertEqual(answer["code"], "trigger")
        self.assertIn("draft", answer["notice"])

    # ------------------------------------------------------------
    # Inside
    # ------------------------------------------------------------

    def test_waiting_by_the_clock_of_the_person(self):
        contact = self._contact(name="Kim", tz="Asia/Tokyo")
        lead = self._leads(1, partner_id=contact.id)
        sequence = self._sequence(WAIT, self.up())
        sequence._enroll(lead)
        text = self.text(sequence, lead)
        self.assertIn("Waits at “think” until 06/04/2026", text)
        self.assertIn("5:00", text)
        self.assertIn("(Asia/Tokyo)", text)
        self.clock.tick(4 * 24 * 3600)
        self.assertEqual(self.code(sequence, lead), "due")

    def test_on_hold_names_the_quotation_to_who_may_see_it(self):
        contact = self._contact(name="A")
        lead = self._leads(1, partner_id=contact.id, user_id=self.salesman.id)
        sequence = self._sequence(WAIT, self.up())
        sequence._enroll(lead)
        order = self.env["sale.order"].create(
            {"partner_id": contact.id, "user_id": self.marketing.id}
        )
        self.assertEqual(self.code(sequence, lead), "waiting")
        self.assertIn(order.name, self.also(sequence, lead))
        self.run_until(days=4)
        answer = self.why(sequence, lead)
        self.assertEqual(answer["code"], "holds_sales")
        self.assertIn(order.name, answer["text"])
        hidden = self.why(sequence, lead, self.salesman)
        self.assertNotIn(order.name, hidden["text"])
        self.assertIn("a quotation", hidden["text"])
        order.action_cancel()
        self.assertEqual(self.code(sequence, lead), "released")
        sequence._watch()
        self.env.invalidate_all()
        self.assertEqual(sequence.enrollment_ids.state, "waiting")

    def test_a_meeting_of_a_lead_without_contact_holds_and_lets_go(self):
        lead = self._leads(1)
        sequence = self._sequence(WAIT, self.up())
        entered = sequence._enroll(lead)
        self.env["sale.order"].create({"partner_id": self._contact(name="Else").id})
        meeting = self.env["calendar.event"].create(
            {
                "name": "Demo",
                "opportunity_id": lead.id,
                "start": fields.Datetime.add(self.start, days=5),
                "stop": fields.Datetime.add(self.start, days=5, hours=1),
            }
        )
        self.run_until(days=4)
        self.assertEqual(entered.state, "held")
        self.assertIn("Demo", self.text(sequence, lead))
        meeting.active = False
        sequence._watch()
        self.env.invalidate_all()
        self.assertEqual(entered.state, "waiting", "somebody else's quotation holds nobody")

    def test_restricted_inside(self):
        lead = self._leads(1)
        sequence = self._sequence(WAIT)
        sequence._enroll(lead)
        lead.privacy_restricted = True
        self.assertEqual(self.code(sequence, lead), "waiting")
        self.assertIn("restricted", self.also(sequence, lead))
        self.clock.tick(4 * 24 * 3600)
        self.assertEqual(self.code(sequence, lead), "holds_restricted")

    def test_about_to_leave(self):
        lead, lost = self._leads(2)
        sequence = self._sequence(WAIT, goal_domain="[('priority', '=', '3')]")
        entered = sequence._enroll(lead | lost)
        lead.priority, lost.active = "3", False
        self.assertEqual(self.code(sequence, lead), "leaves_goal")
        self.assertEqual(self.code(sequence, lost), "leaves_archived")
        sequence._watch()
        self.env.invalidate_all()
        self.assertEqual(entered.mapped("cause"), ["goal", "archived"])

    def test_quarantine_pause_and_second_try(self):
        first, second, third = leads = self._leads(3)
        sequence = self._sequence(WAIT)
        entered = sequence._enroll(leads)
        entered[0]._quarantine(ValueError("no such template"))
        self.assertIn("no such template. Correct", self.text(sequence, first))
        self.clock.tick(4 * 24 * 3600)
        entered[1]._try_again(ConnectionError("server is down"))
        self.assertEqual(self.code(sequence, second), "trouble")
        self.assertIn("server is down", self.text(sequence, second))
        sequence.action_pause()
        self.assertEqual(self.code(sequence, third), "paused")
        self.assertIn("paused", self.why(sequence, third)["notice"])

    def test_limits_and_hours(self):
        calendar = self.env["resource.calendar"].create({"name": "Office", "tz": "UTC"})
        sequence = self._sequence(
            {"kind": "email", "name": "hello", "body_html": "<p>Hello</p>"},
            WAIT,
            calendar_id=calendar.id,
        )
        self.clock.move_to(fields.Datetime.from_string("2026-06-06 08:00:00"))  # a Saturday
        lead, capped, spread = self._leads(3, email_from="anna@bakery.test")
        sequence._enroll(lead | capped | spread)
        self.assertEqual(self.code(sequence, lead), "hours")
        self.assertIn("06/08/2026", self.text(sequence, lead))
        self.assertIn("“Office”", self.text(sequence, lead))
        later = fields.Datetime.from_string("2026-06-09 08:00:00")
        entered = sequence.enrollment_ids.grouped("lead_id")
        entered[capped]._hold("cap", {entered[capped].id: later})
        entered[spread]._hold("budget", {entered[spread].id: later})
        self.assertEqual(self.code(sequence, capped), "cap")
        self.assertIn("at most", self.text(sequence, capped))
        self.assertEqual(self.code(sequence, spread), "budget")

    # ------------------------------------------------------------
    # Rights, bad input, cost
    # ------------------------------------------------------------

    def test_who_may_ask(self):
        lead = self._leads(1, user_id=self.salesman.id)
        sequence = self._sequence(WAIT)
        self.assertEqual(self.why(sequence, lead, self.salesman)["code"], "manual")
        for user in (self.colleague, self.employee):
            with self.assertRaises(AccessError):
                self.why(sequence, lead, user)
        with self.assertRaises(UserError):
            self.why(sequence, self._contact())

    def test_sequence_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other house"})
        sequence = self._sequence(WAIT, company_id=other.id)
        with self.assertRaises(AccessError):
            self.why(sequence, self._leads(1))
        with self.assertRaises(AccessError):
            sequence.with_user(self.marketing).get_who()
        marketing = self.env(user=self.marketing)
        who = marketing["crm.nurture.who"].create({"sequence_id": sequence.id})
        line = marketing["crm.nurture.who.line"].create(
            {"who_id": who.id, "group": "out", "code": "filter", "name": "Asked by a call"}
        )
        with self.assertRaises(AccessError):
            marketing["crm.lead"].search([("nurture_who_line_ids", "in", line.ids)])

    @mute_logger("odoo.sql_db")
    def test_broken_filter(self):
        lead = self._leads(1)
        sequence = self._sequence(WAIT)
        self.env.cr.execute(
            "UPDATE crm_nurture_sequence SET exit_domain = %s WHERE id = %s",
            ["[('no_such_field', '=', 1)]", sequence.id],
        )
        self.env.invalidate_all()
        with self.assertRaises(UserError) as caught:
            self.why(sequence, lead)
        self.assertIn("cannot be evaluated", str(caught.exception))
        self.assertIn("problem", sequence.get_who())

    def test_deleted_with_everything_else(self):
        lead = self._leads(1)
        sequence = self._sequence(WAIT)
        why = self.env["crm.nurture.why"].create({"sequence_id": sequence.id, "lead_id": lead.id})
        self.assertEqual(why.group, "ready")
        lead.unlink()
        self.assertFalse(why.exists())

    def test_an_answer_costs_the_same_with_many_people(self):
        sequence = self._sequence(WAIT, self.up(), goal_domain="[('priority', '=', '3')]")
        counts = []
        for number in (1, 1, 100):
            leads = self._leads(number)
            sequence._enroll(leads)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.why(sequence, leads[0])
            self.env["crm.nurture.who"].with_user(self.marketing)._open(
                sequence.with_user(self.marketing)
            )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    # ------------------------------------------------------------
    # The table of all, against the answers of each and against the engine
    # ------------------------------------------------------------
