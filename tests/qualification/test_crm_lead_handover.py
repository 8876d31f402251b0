from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import QualificationCase

ACTIVITY = "crm_lifecycle.mail_activity_type_handover"


@tagged("post_install", "-at_install")
class TestHandover(QualificationCase):
    """Marketing hands over, sales accept or reject in time."""

    def _handed_over(self, **values):
        values = {"user_id": self.salesman.id, "team_id": self.team.id} | values
        lead = self._lead(**values)
        lead.with_user(self.marketing).action_hand_over()
        return lead

    def _events(self, lead):
        rows = self.env["crm.qualification.handover"].search([("lead_id", "=", lead.id)])
        return rows.sorted("id")

    def test_hand_over(self):
        lead = self._handed_over()
        self.assertEqual(lead.handover_state, "waiting")
        self.assertWay(lead, "lead", "mql")
        row = self._events(lead)
        self.assertEqual(
            (row.event, row.author_id, row.user_id, row.team_id),
            ("handed_over", self.marketing, self.salesman, self.team),
        )

    def test_prospect_stays_one(self):
        lead = self._handed_over(lifecycle_stage_id=self.prospect.id)
        self.assertEqual(lead.lifecycle_stage_id, self.prospect)

    def test_somebody_must_get_it(self):
        lead = self._lead(name="Alone", user_id=False, team_id=False)
        lead.write({"user_id": False, "team_id": False})
        with self.assertRaisesRegex(UserError, "Alone"):
            lead.action_hand_over()
        self.assertFalse(lead.handover_state)

    def test_second_hand_over_is_refused_alone_and_skipped_among_others(self):
        lead = self._handed_over()
        date = lead.handover_date
        with self.assertRaises(UserError):
            lead.action_hand_over()
        other = self._lead(team_id=self.team.id)
        (lead | other).action_hand_over()
        self.assertEqual(other.handover_state, "waiting")
        self.assertEqual((lead.handover_date, len(self._events(lead))), (date, 1))

    def test_deadline_in_hours_and_in_working_time(self):
        company = self.env.company
        company.resource_calendar_id.tz = "UTC"
        company.write({"handover_hours": 4, "handover_working_time": False})
        friday = datetime(2026, 6, 5, 16, 0)
        self.assertEqual(self.team._handover_deadline(company, friday), friday + timedelta(hours=4))
        company.handover_working_time = True
        monday = self.team._handover_deadline(company, friday)
        self.assertEqual(monday.date(), datetime(2026, 6, 8).date())
        self.team.handover_hours = 1
        self.assertEqual(self.team._handover_deadline(company, friday), friday + timedelta(hours=1))
        self.assertEqual(
            self.env["crm.team"]._handover_deadline(company, friday), monday, "without a team"
        )

    def test_accept(self):
        lead = self._handed_over()
        lead.with_user(self.salesman).action_accept_lead()
        self.assertEqual((lead.handover_state, lead.user_id), ("accepted", self.salesman))
        row = self._events(lead)[-1]
        self.assertEqual((row.event, row.author_id, row.in_time), ("accepted", self.salesman, True))
        self.assertEqual(lead.lifecycle_stage_id, self.mql)

    def test_accepted_by_one_of_the_team(self):
        lead = self._handed_over(user_id=False)
        lead.with_user(self.colleague).action_accept_lead()
        self.assertEqual(lead.user_id, self.colleague)
        with self.assertRaises(UserError):
            lead.with_user(self.manager).action_accept_lead()

    def test_rejected_to_nurturing(self):
        lead = self._handed_over()
        lead.with_user(self.salesman).action_reject_lead(self.nurture, note="next year")
        self.assertEqual((lead.handover_state, lead.active), ("rejected", True))
        self.assertFalse(lead.user_id)
        self.assertWay(lead, "lead", "mql", "lead")
        self.assertIn("next year", self.moves(lead)[-1].note)
        row = self._events(lead)[-1]
        self.assertEqual(
            (row.event, row.reason_id, row.note, row.user_id),
            ("rejected", self.nurture, "next year", self.salesman),
        )
        self.assertIn("next year", lead.message_ids[0].body)

    def test_rejected_as_junk(self):
        lead = self._handed_over()
        lead.with_user(self.salesman).action_reject_lead(self.junk.id)
        self.assertEqual((lead.won_status, lead.lost_reason_id), ("lost", self.junk))
        self.assertEqual(self._events(lead).mapped("event"), ["handed_over", "rejected"])

    def test_reason_must_say_what_becomes_of_the_lead(self):
        lead = self._handed_over()
        plain = self.env["crm.lost.reason"].create({"name": "Too expensive"})
        for reason in (plain, False, None, 0, 2**30):
            with self.assertRaises(UserError):
                lead.action_reject_lead(reason)
        self.assertEqual(lead.handover_state, "waiting")

    def test_answer_to_what_was_not_handed_over(self):
        lead = self._lead()
        with self.assertRaises(UserError):
            lead.action_accept_lead()
        with self.assertRaises(UserError):
            lead.action_reject_lead(self.junk)

    def test_others_leads_cannot_be_answered(self):
        lead = self._handed_over()
        with self.assertRaises(AccessError):
            lead.with_user(self.colleague).action_accept_lead()

    def test_opportunity_and_lost_are_answers(self):
        lead, lost = self._handed_over(), self._handed_over()
        lead.with_user(self.salesman).convert_opportunity(self._contact())
        self.assertEqual(lead.handover_state, "accepted")
        lost.with_user(self.salesman).action_set_lost(lost_reason_id=self.junk.id)
        self.assertEqual(lost.handover_state, "rejected")
        self.assertEqual(self._events(lost)[-1].reason_id, self.junk)

    def test_rejected_leads_are_not_shared_out_again(self):
        lead = self._handed_over()
        lead.action_reject_lead(self.nurture)
        domain = self.team._get_lead_to_assign_domain()
        self.assertFalse(lead.filtered_domain(domain))
        self.assertFalse(self.env["crm.lead"].search([("id", "=", lead.id), *domain]))

    def test_history_is_only_added_to(self):
        row = self._events(self._handed_over())
        with self.assertRaises(UserError):
            row.event = "accepted"
        with self.assertRaises(UserError):
            row.unlink()

    def test_wizards(self):
        waiting = self._handed_over()
        nobodys = self._lead(user_id=False)
        nobodys.write({"user_id": False, "team_id": False})
        leads = waiting | nobodys
        wizard = self.env["crm.lead.hand.over"].with_user(self.marketing)
        form = Form(wizard.with_context(active_ids=leads.ids))
        self.assertEqual((form.lead_count, form.waiting_count, form.nobody_count), (1, 1, 1))
        form.team_id = self.team
        self.assertEqual(form.nobody_count, 0)
        form.save().action_hand_over()
        self.assertEqual(nobodys.handover_state, "waiting")
        form = Form(self.env["crm.lead.reject"].with_context(active_ids=leads.ids))
        form.reason_id = self.junk
        self.assertEqual((form.lead_count, form.outcome), (2, "junk"))
        form.save().action_reject()
        self.assertEqual(leads.mapped("won_status"), ["lost", "lost"])

    def test_cost_is_that_of_one(self):
        def cost(count):
            leads = self._leads(count, team_id=self.team.id, user_id=self.salesman.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            leads.with_user(self.marketing).action_hand_over()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(1)
        self.assertEqual(cost(1), cost(60))


@tagged("post_install", "-at_install")
class TestOverdue(QualificationCase):
    """Nobody answers: one activity for the leader of the team."""

    def _overdue(self, count=1, **values):
        values = {"user_id": self.salesman.id, "team_id": self.team.id} | values
        leads = self._leads(count, **values)
        leads.action_hand_over()
        leads.write({"handover_deadline": fields.Datetime.now() - timedelta(hours=1)})
        return leads

    def _remind(self):
        with self.committing(self.env["crm.lead"]) as leads:
            leads._cron_remind_handovers()

    def _activities(self, leads):
        kind = self.env.ref(ACTIVITY)
        return leads.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def test_filter(self):
        late = self._overdue()
        early = self._leads(1, team_id=self.team.id)
        early.action_hand_over()
        own = [("id", "in", (late | early).ids)]
        search = self.env["crm.lead"].search
        self.assertEqual(search([*own, ("handover_overdue", "=", True)]), late)
        self.assertEqual(search([*own, ("handover_overdue", "=", False)]), early)
        self.assertTrue(late.handover_overdue)

    def test_one_activity_for_the_leader_and_never_a_second(self):
        late = self._overdue(3)
        self._remind()
        self._remind()
        found = self._activities(late)
        self.assertEqual(len(found), 3)
        self.assertEqual(found.user_id, self.manager)
        events = self.env["crm.qualification.handover"].search([("lead_id", "=", late[0].id)])
        self.assertEqual(events.sorted("id").mapped("event"), ["handed_over", "overdue"])
        found.unlink()
        self._remind()
        self.assertFalse(self._activities(late))

    def test_answer_takes_the_activity_back(self):
        late = self._overdue()
        self._remind()
        late.with_user(self.salesman).action_accept_lead()
        self.assertFalse(self._activities(late))
        row = self.env["crm.qualification.handover"].search(
            [("lead_id", "=", late.id), ("event", "=", "accepted")]
        )
        self.assertFalse(row.in_time)

    def test_second_hand_over_is_reminded_of_again(self):
        late = self._overdue()
        self._remind()
        late.action_reject_lead(self.nurture)
        late.action_hand_over()
        late.handover_deadline = fields.Datetime.now() - timedelta(hours=1)
        self._remind()
        self.assertEqual(len(self._activities(late)), 1)

    def test_without_leader_the_administrator_is_told(self):
        self.team.user_id = False
        late = self._overdue()
        self._remind()
        supervisor = self._activities(late).user_id
        self.assertTrue(supervisor.has_group("crm_lifecycle.group_lifecycle_manager"))

    def test_one_bad_lead_does_not_stop_the_others(self):
        late = self._overdue(3)
        bad, model = late[1].id, type(self.env["crm.lead"])
        schedule = model._handover_schedule_activity

        def fail(lead):
            if lead.id == bad:
                raise ValueError("broken")
            return schedule(lead)

        with patch.object(model, "_handover_schedule_activity", fail):
            self._remind()
        self.assertEqual(len(self._activities(late)), 2)
        self.assertTrue(all(late.mapped("handover_reminded")))

    def test_archived_leads_are_left_alone(self):
        late = self._overdue()
        late.action_archive()
        self._remind()
        self.assertFalse(self._activities(late))

    def test_cron_runs(self):
        late = self._overdue()
        with self.enter_registry_test_mode():
            self.env.ref("crm_lifecycle.ir_cron_handover_reminders").method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(late.handover_reminded)


@tagged("post_install", "-at_install")
class TestAcceptanceReport(QualificationCase):
    """Acceptance rate, reasons and hours, by hand-over."""

    def _at(self, hours, action):
        with freeze_time(datetime(2026, 6, 1, 8) + timedelta(hours=hours)):
            action()

    def test_rates_by_team(self):
        self.env.company.write({"handover_hours": 8, "handover_working_time": False})
        good, again, waiting = self._leads(3, team_id=self.team.id, user_id=self.salesman.id)
        leads = good | again | waiting
        self._at(0, leads.action_hand_over)
        self._at(2, good.action_accept_lead)
        self._at(10, lambda: again.action_reject_lead(self.nurture, note="later"))
        self._at(20, again.action_hand_over)
        self._at(24, again.action_accept_lead)
        self.env.flush_all()
        report = self.env["crm.qualification.handover.report"]
        rows = report.search([("lead_id", "in", leads.ids)], order="date, id")
        outcomes = [(row.lead_id, row.outcome, row.hours) for row in rows]
        self.assertEqual(
            outcomes,
            [
                (good, "accepted", 2),
                (again, "rejected", 10),
                (waiting, "waiting", 0),
                (again, "accepted", 4),
            ],
        )
        self.assertEqual((rows[1].reason_id, rows[1].note), (self.nurture, "later"))
        self.assertEqual(rows.mapped("user_id"), self.salesman)
        (figures,) = report.formatted_read_group(
            [("lead_id", "in", leads.ids)],
            ["team_id"],
            ["nbr:sum", "acceptance_rate:avg", "in_time_rate:avg", "rejected_count:sum"],
        )
        self.assertEqual((figures["nbr:sum"], figures["rejected_count:sum"]), (4, 1))
        self.assertAlmostEqual(figures["acceptance_rate:avg"], 200 / 3, 4)
        self.assertAlmostEqual(figures["in_time_rate:avg"], 50, 4)
        self.assertEqual(rows[0].action_open_record()["res_id"], good.id)
