from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .retention_common import RetentionCase

NOW = datetime(2026, 5, 4, 9)


@tagged("post_install", "-at_install")
class TestDeadlines(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deadlines = cls.env["crm.privacy.deadline"].with_user(cls.officer)

    def of(self, record):
        """Give the deadline of a record, as it is at this moment."""
        self.env.flush_all()
        self.env.invalidate_all()
        domain = [("res_model", "=", record._name), ("res_id", "=", record.id)]
        return self.deadlines.search(domain)

    def _breach(self, aware):
        return self.env["crm.privacy.breach"].create({"title": "Lost key", "aware_at": aware})

    def test_breach_until_it_is_notified(self):
        with freeze_time(NOW):
            late = self._breach(NOW - timedelta(hours=73))
            near = self._breach(NOW - timedelta(hours=60))
            later = self._breach(NOW)
            urgency = [self.of(breach).urgency for breach in (late, near, later)]
            self.assertEqual(urgency, ["late", "near", "later"])
            near.write({"risk": "none", "risk_note": "Found again."})
            self.assertFalse(self.of(near))
            self.assertEqual(self.of(late).action_open_record()["res_id"], late.id)

    def test_request_of_a_person_until_the_end_of_its_day(self):
        request = self.env["crm.privacy.request"].create(
            {"type": "access", "received_at": NOW, "email": "a@deadline.example"}
        )
        with freeze_time(datetime(2026, 6, 4, 20)):
            self.assertEqual(self.of(request).urgency, "near")
        with freeze_time(datetime(2026, 6, 5, 1)):
            self.assertEqual(self.of(request).urgency, "late")

    def test_review_of_the_register(self):
        entry = self.env.ref("crm_lifecycle.processing_newsletter").copy()
        with freeze_time(NOW):
            entry.action_enforce()
            self.assertEqual(self.of(entry).urgency, "later")
        with freeze_time(datetime(2027, 4, 20)):
            self.assertEqual(self.of(entry).urgency, "near")
            entry.action_end()
            self.assertFalse(self.of(entry))

    def test_persons_kept_too_long_are_one_row_with_their_number(self):
        self._person("One")
        self._person("Two")
        with freeze_time(NOW):
            self.prospects.action_refresh()
            row = self.of(self.prospects)
            self.assertEqual(row.count, self.prospects.due_count)
            action = row.action_open_record()
            self.assertEqual(action["context"], {"search_default_due": 1})
            due = [*action["domain"], ("retention_state", "in", ("due", "ask", "failed"))]
            found = self.env["data_recycle.record"].with_user(self.officer)
            self.assertEqual(found.search_count(due), row.count)

    def test_consents_that_expire(self):
        purpose = self.env.ref("crm_lifecycle.crm_privacy_purpose_newsletter")
        purpose.validity_months = 12
        old, renewed = self._contact(email="o@d.example"), self._contact(email="r@d.example")
        with freeze_time(datetime(2025, 5, 20)):
            for person in (old, renewed):
                self._consent(person, purpose)
        with freeze_time(datetime(2026, 5, 1)):
            self._consent(renewed, purpose)
        with freeze_time(NOW):
            row = self.of(purpose)
            self.assertEqual((row.count, row.urgency), (1, "near"))
            action = row.action_open_record()
            found = self.env["crm.privacy.consent"].with_user(self.officer).search(action["domain"])
            self.assertEqual(found.partner_id, old)

    def _consent(self, person, purpose):
        self.env["crm.privacy.consent"].create(
            {
                "partner_id": person.id,
                "email_normalized": person.email_normalized,
                "purpose_id": purpose.id,
                "channel": "email",
                "event": "granted",
                "source": "paper",
                "company_id": self.env.company.id,
            }
        )
        self.env.flush_all()

    def test_one_statement_whatever_there_is(self):
        with freeze_time(NOW):
            self._breach(NOW)
            self.deadlines.search_fetch([], ["name", "date", "urgency"])
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(2):
                self.deadlines.search_fetch([], ["name", "date", "urgency", "count"])

    def test_rows_have_numbers_of_their_own(self):
        with freeze_time(NOW):
            for _number in range(3):
                self._breach(NOW)
            self.env["crm.privacy.request"].create({"type": "access", "received_at": NOW})
            ids = self.deadlines.search([("date", "!=", False)]).ids
        self.assertEqual(len(ids), len(set(ids)))

    def test_two_companies_and_no_rights(self):
        other = self.env["res.company"].create({"name": "Other"})
        with freeze_time(NOW):
            breach = self._breach(NOW)
            breach.company_id = other
            self.assertFalse(self.of(breach))
        for user in (self.manager, self.salesman, self.employee):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.deadlines.with_user(user).search([])
