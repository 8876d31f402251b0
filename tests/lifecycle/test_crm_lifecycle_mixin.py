from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, users

from ..common import LifecycleCase


@tagged("post_install", "-at_install")
class TestLifecycleMixin(LifecycleCase):
    def test_new_lead_enters_as_lead_and_opportunity_as_prospect(self):
        lead, opportunity = self._lead(), self._lead(type="opportunity")
        self.assertWay(lead, "lead")
        self.assertWay(opportunity, "prospect")
        self.assertEqual(lead.lifecycle_transition_ids.direction, "entry")
        self.assertEqual(lead.lifecycle_transition_ids.cause, "manual")

    def test_new_contact_has_no_stage(self):
        self.assertFalse(self._contact().lifecycle_transition_ids)

    @users("lifecycle_salesman")
    def test_form_write_is_a_move(self):
        with Form(self.env["crm.lead"]) as form:
            form.name = "From the form"
        lead = form.record
        with Form(lead) as form:
            form.lifecycle_stage_id = self.mql
        transition = self.moves(lead)[-1]
        self.assertEqual(
            transition.from_stage_id.kind, "prospect" if lead.type == "opportunity" else "lead"
        )
        self.assertEqual(transition.to_stage_id, self.mql)
        self.assertEqual(transition.cause, "manual")
        self.assertEqual(transition.user_id, self.salesman)
        self.assertEqual(transition.create_uid, self.salesman)

    def test_days_and_direction_of_moves_there_and_back(self):
        with freeze_time("2026-03-01 08:00:00"):
            lead = self._lead()
        with freeze_time("2026-03-02 20:00:00"):
            lead.lifecycle_stage_id = self.prospect
        with freeze_time("2026-03-04 20:00:00"):
            lead.lifecycle_stage_id = self.lead
        self.assertWay(lead, "lead", "prospect", "lead")
        rows = lead.lifecycle_transition_ids.sorted("date")
        self.assertEqual(rows.mapped("days"), [0.0, 1.5, 2.0])
        self.assertEqual(rows.mapped("direction"), ["entry", "forward", "backward"])
        self.assertEqual(lead.lifecycle_date, datetime(2026, 3, 4, 20))

    def test_writing_the_same_stage_leaves_no_row(self):
        lead = self._lead()
        lead.lifecycle_stage_id = self.lead
        self.assertWay(lead, "lead")

    def test_leaving_the_lifecycle_is_an_exit(self):
        contact = self._contact(lifecycle_stage_id=self.suspect.id)
        contact.lifecycle_stage_id = False
        self.assertEqual(self.moves(contact)[-1].direction, "exit")
        self.assertFalse(contact.lifecycle_kind)
        self.assertFalse(contact.lifecycle_date)

    def test_date_is_accepted_at_creation_only_and_never_in_the_future(self):
        past = datetime(2020, 5, 1, 9)
        lead = self._lead(lifecycle_stage_id=self.suspect.id, lifecycle_date=past)
        self.assertEqual(lead.lifecycle_transition_ids.date, past)
        lead.lifecycle_date = datetime(2010, 1, 1)
        self.assertEqual(lead.lifecycle_date, past)
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        early = self._lead(lifecycle_stage_id=self.suspect.id, lifecycle_date=tomorrow)
        self.assertLessEqual(early.lifecycle_date, fields.Datetime.now())

    def test_context_of_a_client_cannot_bypass_the_history(self):
        lead = self._lead()
        for name in ("lifecycle_move", "lifecycle_keep_stage"):
            stage = self.mql if lead.lifecycle_stage_id == self.lead else self.lead
            lead.with_context(**{name: True}).write({"lifecycle_stage_id": stage.id})
        self.assertWay(lead, "lead", "mql", "lead")

    def test_kind_follows_the_stage_alone(self):
        lead = self._lead(lifecycle_kind="customer")
        lead.lifecycle_kind = "customer"
        self.assertEqual(lead.lifecycle_kind, "lead")
        self.assertWay(lead, "lead")

    def test_default_stage_of_a_menu(self):
        context = {"default_lifecycle_stage_id": self.suspect.id, "default_type": "lead"}
        leads = self.env["crm.lead"].with_context(**context)
        lead = leads.browse(leads.name_create("Quick")[0])
        self.assertWay(lead, "suspect")
        self.assertTrue(lead.lifecycle_date)
        contacts = self.env["res.partner"].with_context(**context)
        self.assertWay(contacts.create({"name": "Quick"}), "suspect")

    def test_history_cannot_be_changed(self):
        row = self._lead().lifecycle_transition_ids
        with self.assertRaises(UserError):
            row.sudo().note = "Forged"
        with self.assertRaises(UserError):
            row.sudo().unlink()
        with self.assertRaises(AccessError):
            row.with_user(self.manager).copy()

    def test_deleted_lead_takes_its_history_along(self):
        lead = self._lead()
        row = lead.lifecycle_transition_ids
        lead.unlink()
        self.assertFalse(row.exists())

    def test_copy_begins_its_own_history(self):
        lead = self._lead()
        lead.lifecycle_stage_id = self.mql
        self.assertWay(lead.copy(), "lead")

    def test_import_is_the_cause_of_imported_records(self):
        leads = self.env["crm.lead"].with_context(import_file=True)
        result = leads.load(["name", "lifecycle_stage_id"], [["Imported", "Suspect"]])
        lead = self.env["crm.lead"].browse(result["ids"])
        self.assertEqual(lead.lifecycle_transition_ids.cause, "import")
        self.assertEqual(lead.lifecycle_kind, "suspect")

    def test_entries_and_moves_are_batched(self):
        def create(count):
            return self.env["crm.lead"].create(
                [{"name": f"Lead {n}", "type": "lead", "user_id": False} for n in range(count)]
            )

        moves = []
        for count in (1, 10, 100):
            leads = create(count)
            days = {lead.id: datetime(2026, 1, 1 + n % 28) for n, lead in enumerate(leads)}
            self.cr.execute("UPDATE crm_lead SET lifecycle_date = '2025-01-01'")
            leads.invalidate_recordset(flush=False)
            self.env.flush_all()
            before = self.cr.sql_log_count
            leads._lifecycle_move(self.mql, "manual", dates=days)
            self.env.flush_all()
            self.assertEqual({lead.id: lead.lifecycle_date for lead in leads}, days)
            moves.append(self.cr.sql_log_count - before)
        self.assertEqual(moves[1], moves[2])

    def test_age_and_overdue_are_searchable_and_groupable(self):
        self.lead.max_days = 5
        now = fields.Datetime.now()
        ages = {"week": 2, "month": 10, "quarter": 40, "older": 200}
        leads = {
            age: self._lead(
                lifecycle_stage_id=self.lead.id, lifecycle_date=now - timedelta(days=days)
            )
            for age, days in ages.items()
        }
        everyone = self.env["crm.lead"].browse(lead.id for lead in leads.values())
        for age, lead in leads.items():
            self.assertEqual(lead.lifecycle_age, age)
            self.assertEqual(lead.lifecycle_days, ages[age])
            self.assertEqual(lead.lifecycle_overdue, age != "week")
            found = everyone.search([("lifecycle_age", "=", age), ("id", "in", everyone.ids)])
            self.assertEqual(found, lead)
        overdue = everyone.search([("lifecycle_overdue", "=", True), ("id", "in", everyone.ids)])
        self.assertEqual(overdue, everyone - leads["week"])
        groups = self.env["crm.lead"]._read_group(
            [("id", "in", everyone.ids)], ["lifecycle_age"], ["__count"]
        )
        self.assertEqual(dict(groups), dict.fromkeys(ages, 1))
        self.assertTrue(self.env["crm.lead"].fields_get()["lifecycle_age"]["groupable"])

    def test_kanban_columns_are_all_stages(self):
        leads = self.env["crm.lead"].with_context(read_group_expand=True)
        groups = leads.web_read_group(
            [("id", "=", self._lead().id)], ["lifecycle_stage_id"], ["__count"]
        )["groups"]
        self.assertEqual(len(groups), self.env["crm.lifecycle.stage"].search_count([]))


@tagged("post_install", "-at_install")
class TestLifecycleWork(LifecycleCase):
    """What going up starts: the person in charge and the activity plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.env["mail.activity.plan"].create(
            {
                "name": "First contact",
                "res_model": "crm.lead",
                "template_ids": [
                    fields.Command.create(
                        {
                            "activity_type_id": cls.env.ref("mail.mail_activity_data_call").id,
                            "summary": "Call",
                            "responsible_type": "other",
                            "responsible_id": cls.colleague.id,
                        }
                    )
                ],
            }
        )
        cls.mql.write({"activity_plan_id": cls.plan.id, "responsible_id": cls.colleague.id})

    def test_going_up_starts_the_plan_and_names_somebody(self):
        lead = self._lead(user_id=False)
        lead.lifecycle_stage_id = self.mql
        self.assertEqual(lead.activity_ids.summary, "Call")
        self.assertEqual(lead.user_id, self.colleague)

    def test_who_is_in_charge_stays(self):
        lead = self._lead(user_id=self.salesman.id)
        lead.lifecycle_stage_id = self.mql
        self.assertEqual(lead.user_id, self.salesman)

    def test_beginning_in_the_stage_starts_the_plan(self):
        lead = self._lead(lifecycle_stage_id=self.mql.id, user_id=False)
        self.assertEqual(lead.activity_ids.summary, "Call")
        self.assertEqual(lead.user_id, self.colleague)

    def test_going_back_or_being_imported_starts_nothing(self):
        lead = self._lead(lifecycle_stage_id=self.prospect.id, user_id=False)
        lead.lifecycle_stage_id = self.mql
        leads = self.env["crm.lead"].with_context(import_file=True)
        imported = leads.create({"name": "Row", "lifecycle_stage_id": self.mql.id})
        self.assertFalse((lead | imported).activity_ids)

    def test_plan_of_contacts_does_not_start_on_leads(self):
        self.mql.activity_plan_id = self.plan.copy({"res_model": "res.partner"})
        lead = self._lead()
        lead.lifecycle_stage_id = self.mql
        self.assertFalse(lead.activity_ids)

    def test_plan_that_cannot_start_is_noted_and_stops_nothing(self):
        lead = self._lead(user_id=self.salesman.id)
        schedule = type(self.env["mail.activity.schedule"])
        with patch.object(schedule, "action_schedule_plan", side_effect=UserError("Not today")):
            lead.lifecycle_stage_id = self.mql
        self.assertEqual(lead.lifecycle_stage_id, self.mql)
        self.assertFalse(lead.activity_ids)
        self.assertIn("Not today", lead.message_ids[0].body)

    def test_plan_of_another_company_does_not_start(self):
        self.plan.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        lead = self._lead(company_id=self.env.company.id)
        lead.lifecycle_stage_id = self.mql
        self.assertFalse(lead.activity_ids)

    def test_salesman_keeps_the_lead_that_he_moves(self):
        lead = self._lead(user_id=False).with_user(self.salesman)
        lead.web_save({"lifecycle_stage_id": self.mql.id}, {"user_id": {}})
        self.assertEqual(lead.user_id, self.salesman)
