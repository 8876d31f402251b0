from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ..common import LifecycleCase


class RuleCase(LifecycleCase, AccountTestInvoicingCommon):
    @classmethod
    def get_default_groups(cls):
        return (
            super().get_default_groups()
            | cls.env.ref("sales_team.group_sale_manager")
            | cls.env.ref("mass_mailing.group_mass_mailing_user")
            | cls.env.ref("crm_lifecycle.group_lifecycle_manager")
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_contact = cls._contact(name="Acme", is_company=True)
        cls.contact = cls._contact(name="Jean", parent_id=cls.company_contact.id)
        cls.product = cls.env["product.product"].create({"name": "CD", "list_price": 10})

    @classmethod
    def _order(cls, **values):
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.contact.id,
                "order_line": [fields.Command.create({"product_id": cls.product.id})],
                **values,
            }
        )

    @classmethod
    def _invoice(cls, partner=None, date="2026-01-15", move_type="out_invoice", post=True):
        return cls.init_invoice(
            move_type,
            partner=partner or cls.contact,
            invoice_date=date,
            amounts=[100.0],
            post=post,
        )

    def _rule(self, name):
        return self.env.ref(f"crm_lifecycle.rule_{name}")


@tagged("post_install", "-at_install")
class TestRuleEvents(RuleCase):
    def test_quotation_sent_makes_prospects_of_contact_and_company(self):
        order = self._order()
        self.assertFalse(self.contact.lifecycle_stage_id)
        order.action_quotation_sent()
        self.assertWay(self.contact, "prospect")
        self.assertWay(self.company_contact, "prospect")
        self.assertEqual(self.contact.lifecycle_transition_ids.cause, "quotation")

    def test_order_confirmed_moves_opportunity_contact_and_company(self):
        source = self.env["utm.source"].create({"name": "Trade fair of Lyon"})
        lead = self._lead(partner_id=self.contact.id)
        self.assertWay(self.contact, "lead")
        order = self._order(opportunity_id=lead.id, source_id=source.id)
        order.action_confirm()
        self.assertWay(lead, "lead", "customer")
        self.assertWay(self.contact, "lead", "customer")
        self.assertWay(self.company_contact, "lead", "customer")
        rows = self.moves(lead)[-1] | self.moves(self.contact)[-1]
        self.assertEqual(set(rows.mapped("cause")), {"order"})
        self.assertEqual(rows.source_id, source)
        self.assertEqual(rows[0].rule_id, self._rule("order_lead"))

    def test_invoice_makes_a_customer_dated_by_the_invoice(self):
        invoice = self._invoice(post=False)
        self.assertFalse(self.contact.lifecycle_stage_id)
        invoice.action_post()
        self.assertWay(self.contact, "customer")
        self.assertWay(self.company_contact, "customer")
        row = self.contact.lifecycle_transition_ids
        self.assertEqual(row.date, datetime(2026, 1, 15, 12))
        self.assertEqual((row.cause, row.rule_id), ("invoice", self._rule("invoice")))

    def test_first_of_several_invoices_dates_the_move(self):
        invoices = self._invoice(date="2026-02-01", post=False) | self._invoice(post=False)
        invoices.action_post()
        self.assertEqual(self.contact.lifecycle_date, datetime(2026, 1, 15, 12))

    def test_credit_note_and_vendor_bill_make_nobody_a_customer(self):
        self._invoice(move_type="out_refund")
        self._invoice(move_type="in_invoice")
        self.assertFalse(self.contact.lifecycle_stage_id)

    def test_our_own_company_stays_out(self):
        own = self.env.company.partner_id
        self._invoice(partner=own)
        self.assertFalse(own.lifecycle_stage_id)

    def test_opportunity_created_or_converted_is_a_prospect(self):
        lead = self._lead(lifecycle_stage_id=self.suspect.id)
        lead.convert_opportunity(self.contact)
        self.assertWay(lead, "suspect", "prospect")
        self.assertWay(self.contact, "prospect")

    def test_click_and_reply_of_a_mailing_wake_a_suspect(self):
        mailing = self.env["mailing.mailing"].create(
            {"subject": "News", "mailing_model_id": self.env["ir.model"]._get_id("crm.lead")}
        )
        suspects = [self._lead(lifecycle_stage_id=self.suspect.id) for _ in range(3)]
        traces = self.env["mailing.trace"].create(
            [
                {"mass_mailing_id": mailing.id, "model": "crm.lead", "res_id": suspect.id}
                for suspect in suspects
            ]
        )
        traces[0].set_clicked()
        traces[1].set_replied()
        traces[2].set_opened()
        self.assertWay(suspects[0], "suspect", "lead")
        self.assertWay(suspects[1], "suspect", "lead")
        self.assertWay(suspects[2], "suspect")

    def test_request_wakes_suspects_with_the_same_address(self):
        email = "marie@example.com"
        suspect = self._lead(lifecycle_stage_id=self.suspect.id, email_from=email)
        contact = self._contact(lifecycle_stage_id=self.suspect.id, email=email)
        other = self._lead(lifecycle_stage_id=self.suspect.id, email_from="paul@example.com")
        self._lead(lifecycle_stage_id=self.suspect.id, email_from=email)
        self.assertWay(suspect, "suspect")
        self._lead(email_from="Marie <MARIE@example.com>")
        self.assertWay(suspect, "suspect", "lead")
        self.assertWay(contact, "suspect", "lead")
        self.assertWay(other, "suspect")

    def test_mail_received_on_a_suspect_is_an_answer(self):
        suspect = self._lead(lifecycle_stage_id=self.suspect.id, email_from="a@example.com")
        suspect.message_update({"email_from": "a@example.com", "subject": "Re"})
        self.assertWay(suspect, "suspect", "lead")

    def test_mail_of_somebody_else_is_no_answer(self):
        suspect = self._lead(lifecycle_stage_id=self.suspect.id, email_from="a@example.com")
        for sender in (self.salesman.email_formatted, "stranger@example.com", False):
            suspect.message_update({"email_from": sender, "subject": "Hello"})
        self.assertWay(suspect, "suspect")

    def test_mail_of_a_supplier_begins_no_lifecycle(self):
        supplier = self._contact(email="supplier@example.com")
        supplier.message_update({"email_from": supplier.email, "subject": "Offer"})
        self.assertFalse(supplier.lifecycle_stage_id)

    def test_opportunity_created_in_a_mapped_pipeline_stage(self):
        stage = self.env["crm.stage"].create(
            {"name": "Bought", "is_won": True, "lifecycle_stage_id": self.customer.id}
        )
        lead = self._lead(type="opportunity", stage_id=stage.id)
        self.assertEqual(lead.lifecycle_stage_id, self.customer)

    def test_first_of_several_orders_dates_the_move(self):
        days = [datetime(2026, 3, 1), datetime(2026, 2, 1)]
        orders = self.env["sale.order"].browse(self._order().id for _day in days)
        for order, day in zip(orders, days, strict=True):
            order.date_order = day
        orders.write({"state": "sale"})
        self.assertEqual(self.contact.lifecycle_date, days[1])

    def test_order_without_source_keeps_that_of_the_lead(self):
        source = self.env["utm.source"].create({"name": "List X"})
        lead = self._lead(partner_id=self.contact.id, source_id=source.id)
        self._order(opportunity_id=lead.id, source_id=False).action_confirm()
        for record in (lead, self.contact):
            self.assertEqual(self.moves(record)[-1].source_id, source)

    def test_broken_rule_stops_no_sale(self):
        rule = self._rule("order_partner")
        self.env.cr.execute(
            "UPDATE crm_lifecycle_rule SET domain = %s WHERE id = %s",
            ["[('gone', '=', 1)]", rule.id],
        )
        rule.invalidate_recordset()
        order = self._order()
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertIn("gone", rule.last_error)

    def test_order_revives_a_lost_lead(self):
        lead = self._lead(type="opportunity", partner_id=self.contact.id)
        lead.action_set_lost()
        self._order(opportunity_id=lead.id).action_confirm()
        self.assertEqual(lead.lifecycle_stage_id, self.customer)

    def test_pipeline_stage_moves_the_lead_both_ways(self):
        new, won = self.env["crm.stage"].create(
            [
                {"name": "First", "lifecycle_stage_id": self.mql.id},
                {"name": "Bought", "lifecycle_stage_id": self.customer.id},
            ]
        )
        lead = self._lead(type="opportunity")
        lead.stage_id = won
        lead.stage_id = new
        self.assertWay(lead, "prospect", "customer", "mql")
        self.assertEqual(self.moves(lead)[-1].cause, "pipeline")

    def test_rule_for_a_pipeline_stage(self):
        stage = self.env["crm.stage"].create({"name": "Demonstration"})
        self.env["crm.lifecycle.rule"].create(
            {
                "name": "Demonstration: customer",
                "trigger": "pipeline",
                "pipeline_stage_ids": stage.ids,
                "to_stage_id": self.customer.id,
            }
        )
        lead = self._lead(type="opportunity")
        lead.stage_id = stage
        self.assertWay(lead, "prospect", "customer")
        self.assertEqual(self.moves(lead)[-1].cause, "pipeline")

    def test_rule_that_is_off_moves_nobody(self):
        self._rule("invoice").active = False
        self._invoice()
        self.assertFalse(self.contact.lifecycle_stage_id)

    def test_filter_of_a_rule_holds_for_its_event(self):
        self._rule("invoice").domain = "[('city', '=', 'Lyon')]"
        self._invoice()
        self.assertFalse(self.contact.lifecycle_stage_id)
        self.contact.city = "Lyon"
        self._invoice()
        self.assertEqual(self.contact.lifecycle_stage_id, self.customer)

    def test_rules_work_for_people_without_rights_on_them(self):
        order = self._order(user_id=self.salesman.id)
        order.with_user(self.salesman).action_confirm()
        self.assertEqual(self.contact.lifecycle_stage_id, self.customer)

    def test_contact_never_falls_back_with_its_leads(self):
        self._invoice()
        lead = self._lead(partner_id=self.contact.id)
        lead.lifecycle_stage_id = self.mql
        self.assertWay(self.contact, "customer")

    def test_contact_linked_later_follows(self):
        lead = self._lead(lifecycle_stage_id=self.mql.id)
        lead.partner_id = self.contact
        self.assertWay(self.contact, "mql")

    def test_former_customer_comes_back_by_an_order_not_by_interest(self):
        self.contact.lifecycle_stage_id = self.former
        self._lead(partner_id=self.contact.id)
        self.assertEqual(self.contact.lifecycle_stage_id, self.former)
        self._order().action_confirm()
        self.assertWay(self.contact, "former", "customer")
        self.assertEqual(self.moves(self.contact)[-1].direction, "forward")


@tagged("post_install", "-at_install")
class TestRuleNight(RuleCase):
    """What the nightly run and the preview find."""

    def _apply(self, rule):
        with self.committing(rule) as rule:
            return rule._apply()

    def _due(self, name):
        rule = self._rule(name)
        return self.env[rule.model].search(rule.action_preview()["domain"])

    def test_preview_shows_what_would_move_even_when_off(self):
        rule = self._rule("invoice")
        rule.active = False
        self._invoice()
        due = self._due("invoice")
        self.assertIn(self.contact, due)
        self.assertIn(self.company_contact, due)
        self.assertFalse(self.contact.lifecycle_stage_id)
        rule.active = True
        with self.committing(rule) as committing:
            committing.action_apply()
        self.assertWay(self.contact, "customer")
        self.assertEqual(self.contact.lifecycle_date, datetime(2026, 1, 15, 12))
        self.assertFalse(self._due("invoice") & (self.contact | self.company_contact))

    def test_preview_agrees_with_the_field_of_the_record(self):
        self._rule("invoice").active = False
        self._invoice()
        self._rule("invoice").active = True
        self.assertEqual(self.contact.lifecycle_due_rule_ids, self._rule("invoice"))

    def test_what_was_moved_back_by_hand_stays_there(self):
        with freeze_time("2026-01-01"):
            order = self._order()
            order.action_quotation_sent()
        # the clock of PostgreSQL is not frozen
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = '2026-01-01' WHERE id = %s", [order.id]
        )
        with freeze_time("2026-01-20"):
            self.contact.lifecycle_stage_id = self.lead
            with self.committing(self.env["crm.lifecycle.rule"]) as rules:
                rules._cron_apply()
            self.assertEqual(self.contact.lifecycle_stage_id, self.lead)
        self._order().action_quotation_sent()
        self.assertEqual(self.contact.lifecycle_stage_id, self.prospect)

    def test_customer_without_purchase_becomes_former_on_the_day(self):
        self._invoice(date="2024-01-10")
        self._invoice(date="2024-03-10")
        self._apply(self._rule("inactivity"))
        self.assertWay(self.contact, "customer", "former")
        row = self.moves(self.contact)[-1]
        self.assertEqual((row.date, row.cause), (datetime(2025, 9, 10, 12), "inactivity"))
        self.assertEqual(row.direction, "backward")

    def test_purchases_of_the_company_keep_its_contacts(self):
        self._invoice(date="2024-01-10")
        self._invoice(partner=self.company_contact, date=fields.Date.today())
        self._apply(self._rule("inactivity"))
        self.assertWay(self.contact, "customer")

    def test_won_deals_are_purchases(self):
        lead = self._lead(type="opportunity", partner_id=self.contact.id)
        lead.action_set_won()
        self.contact._lifecycle_move(self.customer, "manual")
        old = fields.Datetime.now() - timedelta(days=900)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET lifecycle_date = %s WHERE id = %s", [old, self.contact.id]
        )
        self.contact.invalidate_recordset()
        self._apply(self._rule("inactivity"))
        self.assertEqual(self.contact.lifecycle_stage_id, self.customer)

    def test_limit_of_the_rule_before_that_of_the_company(self):
        month_ago = fields.Date.today() - timedelta(days=95)
        self._invoice(date=month_ago)
        self._apply(self._rule("inactivity"))
        self.assertWay(self.contact, "customer")
        self._rule("inactivity").inactivity_months = 3
        self._apply(self._rule("inactivity"))
        self.assertWay(self.contact, "customer", "former")

    def test_customer_named_by_hand_has_the_months_from_then_on(self):
        self.contact.lifecycle_stage_id = self.customer
        self._apply(self._rule("inactivity"))
        self.assertWay(self.contact, "customer")

    def test_filter_rule_moves_each_record_once(self):
        rule = self.env["crm.lifecycle.rule"].create(
            {
                "name": "From Lyon: MQL",
                "trigger": "domain",
                "domain": "[('city', '=', 'Lyon')]",
                "to_stage_id": self.mql.id,
            }
        )
        lead = self._lead(city="Lyon")
        elsewhere = self._lead(city="Lille")
        self._apply(rule)
        lead.lifecycle_stage_id = self.lead
        self._apply(rule)
        self.assertWay(lead, "lead", "mql", "lead")
        self.assertWay(elsewhere, "lead")

    def test_cron_runs_twice_without_doubles(self):
        self._rule("invoice").active = False
        self._invoice()
        self._rule("invoice").active = True
        with self.enter_registry_test_mode():
            cron = self.env.ref("crm_lifecycle.ir_cron_lifecycle_rules")
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        self.assertWay(self.contact, "customer")

    def test_one_record_that_fails_does_not_stop_the_others(self):
        rule = self.env["crm.lifecycle.rule"].create(
            {
                "name": "From Lyon: MQL",
                "domain": "[('city', '=', 'Lyon')]",
                "to_stage_id": self.mql.id,
            }
        )
        leads = self.env["crm.lead"].browse(self._lead(city="Lyon").id for _ in range(7))
        bad = leads[4]
        move = type(self.env["crm.lead"])._lifecycle_write

        def fail(records, *args):
            if bad in records:
                raise ValueError("Not this one")
            return move(records, *args)

        with patch.object(type(self.env["crm.lead"]), "_lifecycle_write", fail):
            moved = self._apply(rule)
        self.assertEqual(moved, 6)
        self.assertEqual((leads - bad).lifecycle_stage_id, self.mql)
        self.assertEqual(bad.lifecycle_stage_id, self.lead)
        self.assertIn("Not this one", rule.last_error)
        self._apply(rule)
        self.assertEqual(bad.lifecycle_stage_id, self.mql)
        self.assertFalse(rule.last_error)

    def test_nonsense_is_refused(self):
        rule = self._rule("invoice")
        for nonsense in (
            "[(",
            "[('no_such_field', '=', 1)]",
            "[('color', '>', 'red')]",
            "__import__('os')",
        ):
            with self.assertRaises(ValidationError):
                rule.domain = nonsense
        with self.assertRaises(ValidationError):
            rule.model = "crm.lead"
        # whom a rule moves would tell what its author may not read
        with self.assertRaises(ValidationError):
            rule.with_user(self.manager).domain = "[('user_ids.totp_secret', 'like', 'A')]"

    def test_only_managers_change_rules(self):
        rule = self._rule("invoice")
        for user in (self.salesman, self.marketing):
            with self.assertRaises(AccessError):
                rule.with_user(user).active = False
            with self.assertRaises(AccessError):
                rule.with_user(user).action_apply()
        rule.with_user(self.manager).active = False
