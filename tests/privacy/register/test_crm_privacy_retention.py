from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .retention_common import LONG_AGO, TODAY, RetentionCase


@tagged("post_install", "-at_install")
class TestWhoIsDue(RetentionCase):
    def test_who_only_opened_is_due_who_clicked_is_not(self):
        opener, clicker = self._person("Opener"), self._person("Clicker")
        self._touch(opener, "opened", datetime(2026, 4, 1))
        self._touch(clicker, "clicked", datetime(2026, 4, 1))
        self._look(self.prospects)
        self.assertIn(opener, self.listed(self.prospects))
        self.assertNotIn(clicker, self.listed(self.prospects))

    def test_what_is_a_contact_by_the_person(self):
        for event, counts in (
            ("sent", False),
            ("opened", False),
            ("bounced", False),
            ("unsubscribed", False),
            ("clicked", True),
            ("replied", True),
            ("submitted", True),
            ("ordered", True),
            ("called", True),
        ):
            with self.subTest(event):
                person = self._person(event)
                self._touch(person, event, datetime(2026, 4, 1))
                self._look(self.prospects)
                self.assertEqual(person not in self.listed(self.prospects), counts)

    def test_click_of_a_program_is_none(self):
        person = self._person()
        self._touch(person, "clicked", datetime(2026, 4, 1), is_bot=True)
        self._look(self.prospects)
        self.assertIn(person, self.listed(self.prospects))

    def test_boundary_day(self):
        person = self._person()
        self._touch(person, "clicked", datetime(2023, 5, 4, 23, 59))
        self._look(self.prospects, "2026-05-03")
        self.assertNotIn(person, self.listed(self.prospects))
        self._look(self.prospects, "2026-05-04")
        row = self.row(self.prospects, person)
        self.assertEqual((row.last_date, row.due_date), (date(2023, 5, 4), date(2026, 5, 4)))
        self.assertEqual((row.basis, row.retention_state), ("answered", "due"))

    def test_collection_counts_without_any_contact(self):
        person = self._person(collected=datetime(2023, 5, 5, 8))
        self._look(self.prospects)
        self.assertNotIn(person, self.listed(self.prospects))
        self._look(self.prospects, "2026-05-05")
        self.assertEqual(self.row(self.prospects, person).basis, "collected")

    def test_answer_under_another_record_counts(self):
        person = self._person(email="same@retention.example")
        lead = self._lead(email_from="Same <same@retention.example>")
        self._touch(lead, "submitted", datetime(2026, 4, 1))
        self._look(self.prospects)
        self.assertNotIn(person, self.listed(self.prospects))

    def test_who_answers_is_not_due_any_more(self):
        person = self._person()
        self._look(self.prospects)
        self.assertIn(person, self.listed(self.prospects))
        self._touch(person, "clicked", datetime(2026, 5, 1))
        self._look(self.prospects)
        self.assertFalse(self.row(self.prospects, person))

    def test_who_is_never_listed(self):
        company = self._person("Firm", is_company=True)
        internal = self.salesman.partner_id
        self._collected(internal, LONG_AGO)
        ours = self.env.company.partner_id
        supplier = self._person("Supplier", prospect=False)
        self._look(self.prospects)
        self.assertFalse((company | internal | ours | supplier) & self.listed(self.prospects))
        self.prospects.with_companies = True
        self._look(self.prospects)
        self.assertIn(company, self.listed(self.prospects))
        self.assertNotIn(ours, self.listed(self.prospects))

    def test_archived_persons_are_listed(self):
        person = self._person(active=False)
        self._look(self.prospects)
        self.assertIn(person, self.listed(self.prospects))

    def test_own_filter(self):
        inside, outside = self._person("Inside", city="Lyon"), self._person("Outside")
        self.prospects.domain = "[('city', '=', 'Lyon')]"
        self._look(self.prospects)
        self.assertIn(inside, self.listed(self.prospects))
        self.assertNotIn(outside, self.listed(self.prospects))
        for domain in ("[(", "[('gone', '=', 1)]", "nothing"):
            with self.subTest(domain), self.assertRaisesRegex(ValidationError, "cannot be used"):
                self.prospects.domain = domain

    def test_rule_of_a_company_goes_first(self):
        other = self.env["res.company"].create({"name": "Other"})
        person = self._person(company_id=other.id)
        own = self.prospects.sudo().copy({"company_id": other.id, "months": 120})
        self._look(self.prospects.sudo())
        self._look(own)
        self.assertNotIn(person, self.listed(self.prospects))
        self.assertFalse(own.due_count)
        own.months = 12
        self._look(own)
        self.assertEqual(own.due_count, 1)
        self.assertFalse(self.row(own, person), "an officer of the first company sees them")

    def test_leads(self):
        lead, won = self._lead(email_from="a@lead.example"), self._lead(type="opportunity")
        fresh, open_one = self._lead(), self._lead(type="opportunity")
        for record in (lead, won, fresh, open_one):
            self._collected(record, LONG_AGO)
        won.action_set_won()
        self._touch(fresh, "submitted", datetime(2026, 4, 1))
        self._look(self.leads)
        self.assertIn(lead, self.listed(self.leads, "due"))
        self.assertEqual(self.row(self.leads, open_one).hold, "opportunity")
        self.assertFalse((won | fresh) & self.listed(self.leads))

    def test_as_many_queries_for_many_persons(self):
        self._person("Warm up")
        self._look(self.prospects)
        counts = []
        for number in (1, 100):
            people = self.env["res.partner"].create(
                [
                    {"name": f"Many {n}", "lifecycle_stage_id": self.prospect.id}
                    for n in range(number)
                ]
            )
            self.env.flush_all()
            self.env.cr.execute(
                SQL(
                    "UPDATE res_partner SET create_date = %s WHERE id = ANY(%s)",
                    LONG_AGO,
                    people.ids,
                )
            )
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.prospects.sudo()._refresh()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(self.listed(self.prospects) & people), number)
        self.assertLessEqual(counts[1], counts[0] + 1)


@tagged("post_install", "-at_install")
class TestWhoIsLeftOut(RetentionCase):
    def _held(self, person, rule=None):
        rule = rule or self.prospects
        self._look(rule)
        row = self.row(rule, person)
        return row.retention_state, row.hold

    def test_legal_hold_until_its_last_day(self):
        person = self._person()
        hold = self.env["crm.privacy.hold"].with_user(self.officer)
        hold = hold.create({"partner_id": person.id, "reason": "Dispute", "date_end": "2026-05-04"})
        self.assertEqual(self._held(person), ("held", "hold"))
        self.assertEqual(self.row(self.prospects, person).hold_until, date(2026, 5, 4))
        self._look(self.prospects, "2026-05-05")
        self.assertIn(person, self.listed(self.prospects, "due"))
        hold.date_end = False
        self.assertEqual(self._held(person), ("held", "hold"))
        hold.active = False
        self.assertEqual(self._held(person), ("due", False))

    def test_open_documents(self):
        quoted, tracked, asking = (self._person(name) for name in ("Quoted", "Tracked", "Asking"))
        self.env["sale.order"].create({"partner_id": quoted.id})
        self._lead(type="opportunity", partner_id=tracked.id)
        self.env["crm.privacy.request"].create({"partner_id": asking.id, "type": "access"})
        for person, hold in ((quoted, "order"), (tracked, "opportunity"), (asking, "request")):
            with self.subTest(hold):
                self.assertEqual(self._held(person), ("held", hold))

    def test_held_person_is_not_handled(self):
        person = self._person()
        self._lead(type="opportunity", partner_id=person.id)
        self._look(self.prospects)
        with self.eraser() as erased, freeze_time(TODAY):
            with self.assertRaisesRegex(UserError, "left out"):
                self.row(self.prospects, person).action_validate()
            self.prospects.action_run()
        self.assertNotIn(person, erased)


@tagged("post_install", "-at_install")
class TestCustomers(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Thing", "list_price": 10})

    def _order(self, person, moment):
        order = self.env["sale.order"].create(
            {
                "partner_id": person.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        order.action_confirm()
        order.write({"date_order": moment, "invoice_status": "invoiced"})
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE sale_order SET invoice_status = 'invoiced' WHERE id = %s", order.id)
        )
        order.invalidate_recordset()
        return order

    def test_customer_is_due_after_the_last_purchase(self):
        person = self._person()
        self._order(person, datetime(2023, 5, 4, 9))
        self._look(self.customers, "2026-05-03")
        self.assertNotIn(person, self.listed(self.customers))
        self._look(self.customers)
        row = self.row(self.customers, person)
        self.assertEqual((row.basis, row.last_date), ("bought", date(2023, 5, 4)))
        self._look(self.prospects)
        self.assertNotIn(person, self.listed(self.prospects))

    def test_purchase_of_the_company_counts_for_its_people(self):
        company = self._person("Firm", is_company=True)
        person = self._person("Clerk", parent_id=company.id)
        self._order(company, datetime(2026, 1, 1))
        for rule in (self.customers, self.prospects):
            self._look(rule)
            self.assertNotIn(person, self.listed(rule))

    def test_archiving(self):
        person = self._person()
        self._order(person, datetime(2020, 5, 4))
        with freeze_time(TODAY):
            self.customers.action_run()
        self.assertFalse(person.active)
        self.assertFalse(self.listed(self.customers))
        with freeze_time(TODAY):
            self.customers.action_run()
        self.assertEqual(self.customers.run_ids.mapped("done_count"), [0, 1])
