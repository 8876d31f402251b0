from contextlib import contextmanager
from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .retention_common import LONG_AGO, TODAY, RetentionCase


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
