from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..common import PrivacyCase

COMPLETE = {
    "name": "Loyalty cards",
    "purpose": "Give points to customers.",
    "legal_basis": "contract",
    "persons": "Customers",
    "security_measures": "Rights by group.",
    "data_ids": [Command.create({"name": "Identity", "retention": "3 years"})],
}


@tagged("post_install", "-at_install")
class TestProcessing(PrivacyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.entries = cls.env["crm.privacy.processing"].with_user(cls.officer)

    def _entry(self, **values):
        return self.entries.create({**COMPLETE, **values})

    def test_shipped_entries_are_complete(self):
        names = self.env["ir.model.data"].search(
            [("module", "=", "crm_lifecycle"), ("model", "=", "crm.privacy.processing")]
        )
        shipped = self.entries.browse(names.mapped("res_id"))
        self.assertGreater(len(shipped), 10)
        controllers = shipped.filtered(lambda entry: entry.role == "controller")
        self.assertFalse(controllers.filtered("missing").mapped("name"))
        self.assertTrue(controllers.data_ids.retention_id)

    def test_shipped_entries_can_be_put_into_force_at_once(self):
        shipped = self.entries.search([("role", "=", "controller")])
        shipped.action_enforce()
        self.assertEqual(set(shipped.mapped("state")), {"active"})

    def test_entry_in_force_has_a_reference_and_a_review(self):
        with freeze_time("2026-05-04"):
            entry = self._entry()
            entry.action_enforce()
        self.assertTrue(entry.code)
        self.assertEqual(
            (entry.date_start, entry.review_date), (date(2026, 5, 4), date(2027, 5, 4))
        )

    def test_incomplete_entry_stays_a_draft_and_says_what_is_missing(self):
        entry = self._entry(purpose=False, security_measures=False)
        with self.assertRaisesRegex(ValidationError, "the purposes, the security measures"):
            entry.action_enforce()
        self.assertEqual(entry.state, "draft")

    def test_legitimate_interest_needs_its_balance(self):
        entry = self._entry(legal_basis="legitimate_interests")
        self.assertIn("balance", entry.missing)
        entry.legal_note = "Customers expect it."
        self.assertFalse(entry.missing)

    def test_transfer_needs_safeguards(self):
        line = {"name": "Mail service", "country_id": self.env.ref("base.us").id}
        entry = self._entry(recipient_ids=[Command.create(line)])
        self.assertEqual(entry.transfer_count, 1)
        self.assertIn("safeguards", entry.missing)
        entry.recipient_ids.safeguard = "clauses"
        self.assertFalse(entry.missing)

    def test_union_and_overseas_are_no_transfer(self):
        countries = self.env["res.country"].search([("code", "in", ("DE", "RE"))])
        lines = [Command.create({"name": c.name, "country_id": c.id}) for c in countries]
        self.assertEqual(self._entry(recipient_ids=lines).transfer_count, 0)

    def test_entry_in_force_stays_complete(self):
        entry = self._entry()
        entry.action_enforce()
        with self.assertRaises(ValidationError):
            entry.purpose = False
        with self.assertRaises(ValidationError):
            entry.data_ids.unlink()

    def test_processor_names_the_controllers_instead_of_a_basis(self):
        entry = self._entry(role="processor", legal_basis=False, persons=False)
        self.assertIn("on behalf of whom", entry.missing)
        entry.controller_ids = self._contact(name="Client", is_company=True)
        entry.action_enforce()

    def test_changes_are_noted_with_the_value_before(self):
        entry = self._entry().with_env(self.env(user=self.officer, context={}))
        self.env.cr.flush()
        entry.purpose = "Something else."
        entry.data_ids.retention = "5 years"
        self.env.cr.flush()
        bodies = " ".join(entry.message_ids.mapped("body"))
        values = entry.sudo().message_ids.tracking_value_ids
        self.assertIn("3 years", bodies)
        self.assertIn("5 years", bodies)
        self.assertIn("Give points to customers.", values.mapped("old_value_text"))

    def test_entry_that_was_in_force_is_never_deleted(self):
        entry, draft = self._entry(), self._entry()
        entry.action_enforce()
        entry.action_end()
        self.assertEqual(entry.state, "ended")
        with self.assertRaises(UserError):
            entry.unlink()
        draft.unlink()

    def test_review_gives_one_activity_to_the_person_in_charge(self):
        with freeze_time("2026-05-04"):
            entry = self._entry(user_id=self.employee.id)
            entry.action_enforce()
        with freeze_time("2027-04-10"):
            for _run in range(2):
                self.entries.sudo()._cron_remind_reviews()
            self.assertEqual(len(entry.activity_ids), 1)
            self.assertEqual(entry.activity_ids.user_id, self.employee)
            entry.action_reviewed()
        self.assertFalse(entry.activity_ids)
        self.assertEqual(entry.review_date, date(2028, 4, 10))

    def test_copy_is_a_draft_with_its_lines(self):
        entry = self._entry()
        entry.action_enforce()
        copy = entry.copy()
        self.assertEqual((copy.state, copy.date_start), ("draft", False))
        self.assertNotEqual(copy.code, entry.code)
        self.assertEqual(copy.data_ids.mapped("name"), ["Identity"])

    def test_only_officers_see_the_register(self):
        for user in (self.manager, self.salesman, self.employee):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.entries.with_user(user).search([])

    def test_entries_of_another_company_are_hidden(self):
        other = self.env["res.company"].create({"name": "Other"})
        entry = self.env["crm.privacy.processing"].create({**COMPLETE, "company_id": other.id})
        self.assertNotIn(entry, self.entries.search([("name", "=", entry.name)]))
        with self.assertRaises(AccessError):
            entry.with_user(self.officer).read(["name"])

    def test_form_of_a_new_entry(self):
        with Form(self.entries) as form:
            form.name = "Cameras"
            with form.data_ids.new() as line:
                line.name = "Images"
                line.retention = "1 month"
        self.assertEqual(form.record.state, "draft")

    def test_table_has_every_entry_and_no_formula(self):
        entry = self._entry(name="=1+1")
        text = self.entries.search([])._as_csv().decode("utf-8-sig")
        self.assertIn("'=1+1", text)
        self.assertIn("Identity, 3 years", text)
        self.assertEqual(text.count(entry.code), 1)

    def test_pages_of_the_register(self):
        entries = self._entry() | self._entry(name="Second")
        report = self.env["ir.actions.report"].with_user(self.officer)
        html, _kind = report._render_qweb_html("crm_lifecycle.report_processing", entries.ids)
        text = html.decode()
        for words in ("Record of processing activities", "Loyalty cards", "Second", "3 years"):
            self.assertIn(words, text)
        html, _kind = report._render_qweb_html("crm_lifecycle.report_processing", entries[0].ids)
        self.assertNotIn("Contents", html.decode())

    def test_officer_of_a_company(self):
        company = self.env.company
        company.privacy_dpo_user_id = False
        self.assertTrue(company._privacy_officer())
        company.write({"privacy_dpo_user_id": self.officer.id, "privacy_dpo_phone": "0102030405"})
        self.assertEqual(company._privacy_officer(), self.officer)
        self.assertEqual(company.privacy_dpo_name, "Officer")
        self.officer.active = False
        self.assertNotEqual(company._privacy_officer(), self.officer)
