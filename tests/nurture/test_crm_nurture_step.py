from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.nurture import crm_nurture_step_wait
from ...models.nurture.crm_nurture_step_do import CrmNurtureStep, Result
from .common import NurtureCase


@tagged("post_install", "-at_install")
class TestCrmNurtureStep(NurtureCase):
    """Waits, sending hours, conditions with time-outs, and what the other kinds do."""

    def message(self, enrollment, **values):
        """Give a step done as a message: its trace."""
        trace = self.env["mailing.trace"].create(
            {
                "model": "crm.lead",
                "res_id": enrollment.lead_id.id,
                "sent_datetime": self.clock() - timedelta(hours=1),
                "trace_status": "sent",
                **values,
            }
        )
        delivery = self.deliveries.search([("enrollment_id", "=", enrollment.id)], limit=1)
        delivery.trace_id = trace
        return trace

    def asking(self, check, **values):
        """Give people who wait for the answer of a condition."""
        sequence = self._sequence(
            {"kind": "stage", "name": "mail", "stage_id": self.mql.id},
            {
                "kind": "condition",
                "name": "asked",
                "check": check,
                "timeout_number": 2,
                "timeout_unit": "days",
                **values,
            },
        )
        entered = sequence._enroll(self._leads(2))
        self.run_until(hours=1)
        self.assertEqual(set(entered.mapped("due_at")), {self.start + timedelta(days=2)})
        return entered

    # -- waits ------------------------------------------------------------------------------

    def test_wait_until_a_date_of_the_person(self):
        sequence = self._sequence(
            {
                "kind": "wait",
                "wait_mode": "date",
                "wait_field": "date_deadline",
                "wait_days": -2,
                "wait_hour": 10,
            }
        )
        known, past, unknown = leads = self._leads(3)
        known.date_deadline, past.date_deadline = "2026-06-20", "2026-05-01"
        known.partner_id = self._contact(tz="America/New_York")
        entered = sequence._enroll(leads)
        self.assertEqual(
            [one.due_at for one in entered], [datetime(2026, 6, 18, 14), self.start, self.start]
        )
        self.assertEqual(unknown, leads[2])

    def test_wait_until_a_weekday(self):
        sequence = self._sequence(
            {"kind": "wait", "wait_mode": "weekday", "wait_weekday": "3", "wait_hour": 9.5}
        )
        lead = self._leads(1, partner_id=self._contact(tz="Asia/Tokyo").id)
        self.assertEqual(sequence._enroll(lead).due_at, datetime(2026, 6, 4, 0, 30))

    def test_the_zone_of_whoever_is_nearest(self):
        self.salesman.tz = "America/New_York"
        self.env.company.partner_id.tz = "Europe/Paris"
        sequence = self._sequence({"kind": "wait", "wait_mode": "weekday", "wait_hour": 9})
        leads = self._leads(3, user_id=self.salesman.id)
        leads[0].partner_id = self._contact(tz="Asia/Tokyo")
        leads[2].user_id = False
        zones = sequence._enroll(leads)._time_zones()
        self.assertEqual(list(zones.values()), ["Asia/Tokyo", "America/New_York", "Europe/Paris"])

    def test_messages_keep_to_the_sending_hours(self):
        self.patch(crm_nurture_step_wait, "MESSAGES", ("assign",))
        calendar = self.env["resource.calendar"].create({"name": "Office", "tz": "Europe/Paris"})
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "date_from": "2026-06-01 22:00:00",
                "date_to": "2026-06-02 21:59:59",
            }
        )
        sequence = self._sequence(
            {"kind": "assign", "user_id": self.salesman.id}, calendar_id=calendar.id
        )
        leads = self._leads(2)
        leads[0].partner_id = self._contact(tz="Asia/Tokyo")
        leads[1].partner_id = self._contact(tz="Europe/Paris")
        entered = sequence._enroll(leads)
        # at 8:00 UTC it is 17:00 in Tokyo and the office is closed; the day after is a holiday
        self.assertEqual(entered[0].due_at, datetime(2026, 6, 2, 23))
        self.assertEqual(entered[1].due_at, self.start)
        self.clock.tick(12 * 3600)
        self.run_until(minutes=1)
        self.assertEqual(entered[1].due_at, datetime(2026, 6, 3, 6))
        self.run_until(days=3)
        self.assertEqual(set(entered.mapped("state")), {"done"})

    # -- conditions -------------------------------------------------------------------------

    def test_click_wakes_at_once(self):
        entered = self.asking("clicked")
        trace = self.message(entered[0])
        self.message(entered[1])
        trace.set_clicked()
        self.run_until(minutes=1)
        self.assertEqual(self.done(entered[0])[-1], ("asked", "yes"))
        self.assertEqual(entered[1].state, "waiting")
        self.run_until(days=2)
        self.assertEqual(self.done(entered[1])[-1], ("asked", "no"))

    def test_click_of_a_program_does_not_count(self):
        entered = self.asking("clicked")
        trace = self.message(entered[0], sent_datetime=self.clock() - timedelta(seconds=1))
        trace.set_clicked()
        trace.set_opened()
        self.run_until(minutes=1)
        self.assertEqual(entered[0].due_at, self.start + timedelta(days=2))
        self.run_until(days=2)
        self.assertEqual(self.done(entered[0])[-1], ("asked", "no"))

    def test_this_link(self):
        entered = self.asking("clicked", link_url="/catalogue")
        links = self.env["link.tracker"].create(
            [{"url": f"https://example.com/{page}", "title": page} for page in ("catalogue", "x")]
        )
        for one, link in zip(entered, links, strict=True):
            trace = self.message(one)
            self.env["link.tracker.click"].create(
                {"link_id": link.id, "mailing_trace_id": trace.id}
            )
            self.env.cr.execute(
                "UPDATE link_tracker_click SET create_date = %s WHERE mailing_trace_id = %s",
                [self.clock(), trace.id],
            )
            trace.set_clicked()
        self.run_until(minutes=1)
        self.assertEqual(entered.mapped("state"), ["done", "waiting"])

    def test_opening_reply_and_bounce(self):
        for check, act in (
            ("opened", "set_opened"),
            ("replied", "set_replied"),
            ("bounced", "set_bounced"),
        ):
            entered = self.asking(check)
            entered.sequence_id.stop_on_reply = False
            getattr(self.message(entered[0]), act)()
            self.run_until(minutes=1)
            self.assertEqual(self.done(entered[0])[-1], ("asked", "yes"), check)
            entered._leave("exited")
            self.clock.move_to(self.start)

    def test_filter_is_looked_at_again_and_again(self):
        entered = self.asking("domain", domain="[('priority', '=', '3')]")
        entered[0].lead_id.priority = "3"
        entered.sequence_id._watch()
        self.run_until(minutes=1)
        self.assertEqual(self.done(entered[0])[-1], ("asked", "yes"))
        self.assertEqual(entered[1].state, "waiting")

    # -- other kinds ------------------------------------------------------------------------

    def test_tags_activities_plans_and_actions(self):
        tag = self.env["crm.tag"].create({"name": "Nurtured"})
        call = self.env.ref("mail.mail_activity_data_call")
        plan = self.env["mail.activity.plan"].create(
            {
                "name": "Plan",
                "res_model": "crm.lead",
                "template_ids": [(0, 0, {"activity_type_id": call.id, "summary": "From plan"})],
            }
        )
        action = self.env["ir.actions.server"].create(
            {
                "name": "Action",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "code",
                "code": "records.write({'referred': env.user.name})",
            }
        )
        sequence = self._sequence(
            {"kind": "tag", "tag_ids": tag.ids},
            {"kind": "activity", "activity_type_id": call.id, "activity_summary": "Call"},
            {"kind": "plan", "activity_plan_id": plan.id},
            {"kind": "assign", "user_id": self.salesman.id},
            {"kind": "action", "action_id": action.id},
        )
        leads = self._leads(3, user_id=self.colleague.id)
        entered = sequence._enroll(leads)
        self.run_until(minutes=1)
        self.assertEqual(set(entered.mapped("state")), {"done"}, entered.mapped("reason"))
        self.assertEqual((leads.tag_ids, leads.user_id), (tag, self.salesman))
        self.assertEqual(set(leads.activity_ids.mapped("summary")), {"Call", "From plan"})
        self.assertEqual(len(leads.activity_ids), 6)
        self.assertEqual(set(leads.mapped("referred")), {self.env.user.name})

    def test_contacts_have_tags_too(self):
        tag = self.env["res.partner.category"].create({"name": "Nurtured"})
        sequence = self._sequence({"kind": "tag", "category_ids": tag.ids}, model="res.partner")
        contact = self._contact()
        sequence._enroll(contact)
        self.run_until(minutes=1)
        self.assertEqual(contact.category_id, tag)

    def test_another_sequence(self):
        other = self._sequence({"kind": "wait", "name": "wait"})
        sequence = self._sequence({"kind": "sequence", "next_sequence_id": other.id})
        leads = self._leads(2)
        sequence._enroll(leads)
        self.run_until(minutes=1)
        self.assertEqual(other.enrollment_ids.lead_id, leads)

    def test_incomplete_steps_are_not_published(self):
        for kind in ("activity", "plan", "stage", "assign", "action", "sequence", "tag"):
            with self.assertRaises(UserError):
                self._sequence({"kind": kind})
        with self.assertRaises(UserError):
            self._sequence({"kind": "condition", "domain": "[('nothing', '=', 1)]"})
        with self.assertRaises(UserError):
            self._sequence({"kind": "wait", "wait_mode": "date", "wait_field": "name"})

    # -- failures ---------------------------------------------------------------------------

    def test_what_may_be_over_soon_is_tried_again(self):
        failing = [True]
        calls = []

        def do(step, those):
            calls.append(len(those))
            if failing[0]:
                raise ConnectionError("no answer")
            return step._all(those)

        self.patch(CrmNurtureStep, "_do_assign", do)
        sequence = self._sequence({"kind": "assign", "user_id": self.salesman.id})
        entered = sequence._enroll(self._leads(4))
        self.run_until(minutes=4)
        # the first and the last are tried alone: it is not one of them, nobody gets through
        self.assertEqual((calls, set(entered.mapped("cause"))), ([4, 1, 1], {"trouble"}))
        self.run_until(minutes=20)
        self.assertEqual(calls, [4, 1, 1] * 2)
        failing[0] = False
        self.run_until(hours=1)
        self.assertEqual(set(entered.mapped("state")), {"done"})
        self.assertEqual(set(entered.mapped("cause")), {"end"})

    def test_what_never_ends_is_quarantined_in_the_end(self):
        bad = self._leads(4)[2]

        def do(step, those):
            if bad in those.lead_id:
                raise ConnectionError("no answer")
            return step._all(those)

        self.patch(CrmNurtureStep, "_do_assign", do)
        sequence = self._sequence({"kind": "assign", "user_id": self.salesman.id})
        entered = sequence._enroll(self.env["crm.lead"].search([("name", "=like", "Lead _")]))
        self.run_until(minutes=1)
        self.assertEqual(entered.mapped("state").count("done"), 3, "the others need not wait")
        self.run_until(days=3)
        stuck = entered.filtered(lambda one: one.state == "quarantine")
        self.assertEqual((stuck.lead_id, stuck.cause, stuck.reason), (bad, "failed", "no answer"))
        self.assertEqual(set((entered - stuck).mapped("state")), {"done"})

    def test_put_off_by_the_step(self):
        later = self.start + timedelta(hours=3)

        def do(step, those):
            now = self.clock()
            return step._all(those, Result("done", until=later if now < later else None))

        self.patch(CrmNurtureStep, "_do_assign", do)
        sequence = self._sequence({"kind": "assign", "user_id": self.salesman.id})
        entered = sequence._enroll(self._leads(2))
        self.run_until(hours=2)
        self.assertEqual(set(entered.mapped("due_at")), {later})
        self.assertFalse(self.done(entered[0]))
        self.run_until(hours=2)
        self.assertEqual(set(entered.mapped("state")), {"done"})
