from contextlib import contextmanager
from datetime import date, datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..common import PrivacyCase

#: The day on which the rules look; three years and more after most of the contacts.
TODAY = "2026-05-04"
LONG_AGO = datetime(2020, 1, 1, 12)


class RetentionCase(PrivacyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prospects = cls._rule("retention_prospect")
        cls.leads = cls._rule("retention_lead")
        cls.customers = cls._rule("retention_customer")
        cls.former_customers = cls._rule("retention_customer_end")
        cls.rows = cls.env["data_recycle.record"].with_user(cls.officer)
        cls.env["crm.privacy.retention"].search([("active", "=", True)])._forget()

    @classmethod
    def _rule(cls, name):
        return cls.env.ref(f"crm_lifecycle.{name}").with_user(cls.officer)

    def _person(self, name="Person", collected=LONG_AGO, **values):
        """Create a prospect whose data was collected at a moment."""
        stage = self.prospect if values.pop("prospect", True) else self.customer.browse()
        values.setdefault("email", f"{name.lower().replace(' ', '.')}@retention.example")
        person = self._contact(name=name, lifecycle_stage_id=stage.id, **values)
        self._collected(person, collected)
        return person

    def _collected(self, record, moment):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET create_date = %s WHERE id = %s",
                SQL.identifier(record._table),
                moment,
                record.id,
            )
        )
        record.invalidate_recordset()

    def _touch(self, record, event, moment, **values):
        """Note a contact with a person at a moment."""
        subject = "lead_id" if record._name == "crm.lead" else "partner_id"
        self.env["crm.touchpoint"].create(
            {
                subject: record.id,
                "event": event,
                "date": moment,
                "direction": "outbound" if event in ("sent", "bounced") else "inbound",
                "channel_id": self.env.ref("crm_lifecycle.touchpoint_channel_mailing").id,
                **values,
            }
        )

    def _look(self, rule, today=TODAY):
        """Let a rule look on a day."""
        with freeze_time(today):
            rule.action_refresh()

    def listed(self, rule, state=None):
        """Give the records that a rule lists."""
        domain = [("retention_id", "=", rule.id)]
        if state:
            domain.append(("retention_state", "=", state))
        ids = self.rows.search(domain).mapped("res_id")
        return self.env[rule.model].browse(ids)

    def row(self, rule, record):
        """Give the line of a record in the list of a rule."""
        return self.rows.search([("retention_id", "=", rule.id), ("res_id", "=", record.id)])

    @contextmanager
    def eraser(self, failing=None):
        """Note who is erased, as the concept of erasure would erase them."""
        erased, test = [], self

        def _erase(_self, partners, leads, origin):
            for person in [*partners, *leads]:
                if failing and person == failing:
                    raise ValueError("This person cannot be erased.")
            erased.extend([*partners, *leads])
            partners.with_context(tracking_disable=True).write({"name": "Erased", "email": False})
            test.assertTrue(origin)

        with patch.object(self.registry["crm.privacy.erasure"], "_erase", _erase, create=True):
            yield erased


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


@tagged("post_install", "-at_install")
class TestRuns(RetentionCase):
    def test_due_persons_are_anonymised_once_with_a_proof(self):
        people = self._person("First") | self._person("Second")
        with self.eraser() as erased, freeze_time(TODAY):
            self.prospects.action_run()
            self.assertLessEqual(people, self.env["res.partner"].concat(*erased))
            count = len(erased)
            self.prospects.action_run()
            self.assertEqual(len(erased), count)
        run = self.prospects.run_ids[-1]
        self.assertEqual((run.done_count, run.mode), (count, "manual"))
        self.assertEqual((run.user_id, run.limit_date), (self.officer, date(2023, 5, 4)))
        self.assertTrue(run.ended_at)
        with self.assertRaises(UserError):
            run.sudo().unlink()
        with self.assertRaises(AccessError):
            run.write({"done_count": 0})

    def test_nothing_personal_is_kept(self):
        person = self._person("Jane Canary", email="jane.canary@retention.example")
        with self.eraser(), freeze_time(TODAY):
            self.prospects.action_run()
        self.env.flush_all()
        for table in ("crm_privacy_retention_run", "data_recycle_record"):
            self.env.cr.execute(SQL("SELECT t::text FROM %s t", SQL.identifier(table)))
            text = " ".join(row[0] for row in self.env.cr.fetchall())
            self.assertNotIn("anary", text)
        done = self.rows.sudo().with_context(active_test=False)
        kept = done.search([("res_id", "=", person.id), ("retention_id", "=", self.prospects.id)])
        self.assertEqual((kept.retention_state, kept.last_date), ("done", False))

    def test_one_bad_person_does_not_stop_the_others(self):
        people = [self._person(f"Number {number}") for number in range(5)]
        with self.eraser(failing=people[2]) as erased, freeze_time(TODAY):
            self.prospects.action_run()
        self.assertEqual(set(people) - set(erased), {people[2]})
        row = self.row(self.prospects, people[2])
        self.assertEqual(row.retention_state, "failed")
        self.assertIn("cannot be erased", row.problem)
        self.assertEqual(self.prospects.run_ids[:1].failed_count, 1)

    def test_chosen_persons_only(self):
        chosen, other = self._person("Chosen"), self._person("Other")
        self._look(self.prospects)
        with self.eraser() as erased, freeze_time(TODAY):
            self.row(self.prospects, chosen).action_validate()
        self.assertEqual(erased, [chosen])
        self.assertIn(other, self.listed(self.prospects, "due"))

    def test_who_answered_a_minute_ago_is_left_alone(self):
        person = self._person()
        self._look(self.prospects)
        self._touch(person, "replied", datetime(2026, 5, 4, 1))
        with self.eraser() as erased, freeze_time(TODAY):
            self.row(self.prospects, person).action_validate()
        self.assertNotIn(person, erased)

    def test_manual_rule_does_nothing_by_night(self):
        person = self._person()
        with self.eraser() as erased, self._night():
            pass
        self.assertNotIn(person, erased)
        self.assertIn(person, self.listed(self.prospects, "due"))

    def test_automatic_rule_works_by_night_in_batches(self):
        people = self.env["res.partner"].concat(*(self._person(f"N {n}") for n in range(120)))
        self.prospects.mode = "automatic"
        with self.eraser() as erased, self._night():
            pass
        self.assertLessEqual(people, self.env["res.partner"].concat(*erased))
        run = self.prospects.run_ids
        self.assertEqual((len(run), run.mode, run.user_id.id), (1, "automatic", False))

    @contextmanager
    def _night(self):
        with freeze_time("2026-05-05 03:20:00"), self.enter_registry_test_mode():
            self.env.ref("crm_lifecycle.ir_cron_privacy_retention").method_direct_trigger()
            yield

    def test_odoo_own_job_leaves_the_rules_alone(self):
        person = self._person()
        self.prospects.mode = "automatic"
        with self.eraser() as erased, freeze_time(TODAY):
            counterparts = self.env["data_recycle.model"].with_context(active_test=False)
            counterparts.search([("retention_ids", "!=", False)])._recycle_records()
        self.assertFalse(erased)
        self.assertTrue(person.active)
        self.assertFalse(self.prospects.sudo().recycle_model_id.active)

    def test_odoo_own_rule_can_anonymise_persons_only(self):
        model = self.env["ir.model"]
        rule = self.env["data_recycle.model"].create(
            {
                "name": "Own",
                "res_model_id": model._get_id("res.partner"),
                "recycle_action": "anonymise",
                "domain": "[('name', '=', 'Alone')]",
            }
        )
        person = self._contact(name="Alone")
        rule._recycle_records()
        with self.eraser() as erased:
            rule.recycle_record_ids.action_validate()
        self.assertEqual(erased, [person])
        with self.assertRaisesRegex(ValidationError, "Only contacts and leads"):
            rule.res_model_id = model._get_id("crm.tag")

    def test_old_traces_are_deleted(self):
        rule = self._rule("retention_click")
        click = self.env["link.tracker.click"].create(
            {
                "link_id": self.env["link.tracker"].create({"url": "https://a.example"}).id,
                "ip": "192.0.2.1",
            }
        )
        young = click.copy()
        self._collected(click, LONG_AGO)
        self._collected(young, datetime.fromisoformat(TODAY) - timedelta(days=5))
        self._look(rule)
        self.assertEqual(rule.due_count, 1)
        with freeze_time(TODAY):
            rule.action_run()
        self.assertFalse(click.exists())
        self.assertTrue(young.exists())

    # -- asking once --------------------------------------------------------------------

    def test_each_person_is_asked_once(self):
        person, silent = self._person("Asked"), self._person("Silent", email=False)
        blocked = self._person("Blocked", email="no@retention.example")
        self.env["mail.blacklist"].sudo()._add("no@retention.example")
        self.prospects.ask_first = True
        self._look(self.prospects)
        self.assertEqual(self.row(self.prospects, person).retention_state, "ask")
        self.assertLessEqual(silent | blocked, self.listed(self.prospects, "due"))
        with freeze_time(TODAY):
            self.prospects.sudo()._ask_batch()
            self.assertEqual(self.prospects.sudo()._ask_batch(), 0)
        mails = self.env["mail.mail"].search([("recipient_ids", "in", person.ids)])
        self.assertEqual(len(mails), 1)
        self.assertEqual(self.row(self.prospects, person).retention_state, "asked")
        self._look(self.prospects, "2026-06-02")
        self.assertIn(person, self.listed(self.prospects, "asked"))
        self._look(self.prospects, "2026-06-04")
        self.assertIn(person, self.listed(self.prospects, "due"))

    def test_only_contacts_can_be_asked(self):
        with self.assertRaises(ValidationError):
            self.leads.ask_first = True
        self.prospects.ask_template_id = False
        with self.assertRaises(ValidationError):
            self.prospects.ask_first = True

    # -- rules -----------------------------------------------------------------------------

    def test_action_must_fit_the_records(self):
        with self.assertRaisesRegex(ValidationError, "cannot be handled so"):
            self.prospects.action = "unlink"
        with self.assertRaisesRegex(ValidationError, "cannot be handled so"):
            self._rule("retention_trace").action = "anonymise"

    def test_changed_rule_forgets_its_list(self):
        self._person()
        self._look(self.prospects)
        self.prospects.months = 48
        self.assertFalse(self.listed(self.prospects))
        self.assertFalse(self.prospects.refreshed_at)

    def test_figures_are_not_written_by_hand(self):
        self.prospects.write({"due_count": 99, "refreshed_at": LONG_AGO})
        self.assertFalse(self.prospects.due_count)

    def test_officer_sees_no_other_recycling(self):
        rule = self.env["data_recycle.model"].create(
            {"name": "Tags", "res_model_id": self.env["ir.model"]._get_id("crm.tag")}
        )
        row = self.env["data_recycle.record"].create({"recycle_model_id": rule.id, "res_id": 1})
        self.assertNotIn(row, self.rows.search([]))
        for user in (self.salesman, self.manager, self.employee):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.prospects.with_user(user).action_refresh()
        with self.assertRaises(AccessError):
            self.rows.create({"recycle_model_id": rule.id, "res_id": 1})

    def test_deleted_and_merged_contacts_leave_the_list(self):
        kept, merged, deleted = (self._person(name) for name in ("Kept", "Merged", "Deleted"))
        self._look(self.prospects)
        self.env["base.partner.merge.automatic.wizard"]._merge((kept | merged).ids, kept)
        with mute_logger("odoo.models.unlink"):
            deleted.unlink()
        self._look(self.prospects)
        self.assertEqual(self.listed(self.prospects) & kept, kept)
        self.assertFalse(self.rows.search([("res_id", "=", deleted.id)]))

    def test_persons_are_really_erased(self):
        person = self._person("Zebulon Quagga", email="zebulon.quagga@retention.example")
        lead = self._lead(contact_name="Zebulon Quagga", email_from=person.email)
        self._collected(lead, LONG_AGO)
        self._look(self.prospects)
        with freeze_time(TODAY):
            self.row(self.prospects, person).action_validate()
        run = self.prospects.run_ids[:1]
        self.assertEqual((run.done_count, run.failed_count), (1, 0))
        self.assertTrue(run.request_ids)
        self.assertFalse(person.exists() and "quagga" in (person.email or ""))
        self._look(self.prospects)
        self.assertFalse(self.listed(self.prospects, "due") & person)
