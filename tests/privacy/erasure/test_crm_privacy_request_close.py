import os
import shutil
import tempfile
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tools import config

from odoo.addons.mail.tests.common import mail_new_test_user

from ....models.privacy.erasure import journal
from ..common import PrivacyCase

EMAIL = "zoe.quenneville@canari-maison.example"


class TestPrivacyRequestClose(PrivacyCase):
    """An erasure is closed when everything that the search found is explained, and only then."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request = cls.env["crm.privacy.request"].create(
            {"type": "erasure", "email": EMAIL, "details": "Zoé Quenneville", "user_id": False}
        )
        cls.request.write(
            {
                "state": "approved",
                "erasure_state": "erased",
                "identity_frozen": {"emails": [EMAIL], "names": ["Zoé Quenneville"]},
            }
        )
        cls.scan = cls.request._start_scan()
        cls.scan.state = "running"
        cls.other = cls._contact(name="Zoé Quenneville", comment="Another Zoé Quenneville")
        cls.env["crm.privacy.location"]._discover()

    def _hit(self, record, column, **values):
        return self.env["crm.privacy.scan.hit"].create(
            {
                "scan_id": self.scan.id,
                "table_name": record._table,
                "column_name": column,
                "res_model": record._name,
                "res_id": record.id,
                "kind_codes": "name",
                **values,
            }
        )

    def _keep(self, record):
        return self.env["crm.privacy.request.line"].create(
            {
                "request_id": self.request.id,
                "name": "Contact",
                "res_model": record._name,
                "scope": "kept",
                "action": "keep",
                "state": "kept",
                "record_count": 1,
                "res_ids": record.ids,
                "article": "17(3)(b)",
                "keep_until": "2036-12-31",
            }
        )

    def test_nothing_left_closes_and_forgets(self):
        self.scan._end()
        self.assertEqual((self.scan.state, self.request.state), ("clean", "done"))
        self.assertFalse(self.request.email or self.request.details or self.request.identity_frozen)
        self.assertTrue(self.env["crm.privacy.suppression"]._known([EMAIL]))
        entry = self.request.entry_ids
        self.assertEqual(entry.name, self.request.name)
        self.assertEqual(len(entry.fingerprints), 1)

    def test_what_the_plan_keeps_is_explained(self):
        hit = self._hit(self.other, "comment")
        self._keep(self.other)
        self.scan._end()
        self.assertEqual((hit.verdict, hit.article), ("explained", "17(3)(b)"))
        self.assertEqual(str(hit.keep_until), "2036-12-31")
        self.assertEqual(self.request.state, "done")
        [line] = self.request.entry_ids.line_ids
        self.assertEqual((line.action, line.record_count, line.place), ("keep", 1, "Contact"))

    def test_what_is_left_keeps_it_open_and_says_what_to_do(self):
        self._hit(self.other, "comment")
        self._hit(self.env["res.partner"], "0a1b2c", res_model=False, table_name="0a")
        self.scan._end()
        self.scan._end()
        self.assertEqual((self.scan.state, self.request.state), ("left", "approved"))
        self.assertIn("2 left over", self.request.scan_words)
        self.assertEqual(len(self.request._help_activities()), 1)
        self.assertFalse(self.request.entry_ids)

    def test_another_person_of_the_same_name(self):
        hit = self._hit(self.other, "comment")
        self.scan._end()
        hit = hit.with_user(self.officer)
        with self.assertRaises(UserError):
            hit.action_other_person()
        hit.note = "Other date of birth"
        hit.action_other_person()
        self.assertEqual((hit.verdict, self.request.state), ("other", "done"))
        self.assertEqual(self.request.entry_ids.other_count, 1)
        self.assertFalse(self.request._help_activities())

    def test_a_part_that_is_not_readable_keeps_it_open(self):
        self.env["crm.privacy.scan.part"].create(
            {"scan_id": self.scan.id, "name": "no_such_table", "weight": 1}
        )._read_on(self.request._value_search())
        self.scan._end()
        self.assertEqual(self.scan.state, "left")
        self.assertIn("not be read", self.request.scan_words)
        self.request.with_user(self.officer).action_scan()
        self.assertEqual(self.request.scan_id.state, "waiting")
        self.assertEqual(len(self.request.scan_ids), 1)

    def test_nothing_is_erased_without_a_journal(self):
        self.request.erasure_state = "planned"
        file = os.path.join(tempfile.mkdtemp(), "no folder")
        self.addCleanup(shutil.rmtree, os.path.dirname(file))
        with (
            open(file, "w"),
            patch.dict(config.options, {journal.OPTION: file}),
            self.assertRaisesRegex(UserError, "nothing was erased"),
        ):
            self.request._run_erasure()
        self.assertFalse(self.request.journal_at)

    def test_nothing_to_search_before_the_erasure(self):
        request = self.env["crm.privacy.request"].create({"type": "erasure", "user_id": False})
        request.state = "approved"
        with self.assertRaises(UserError):
            request.with_user(self.officer).action_scan()

    def test_who_may_see(self):
        hit = self._hit(self.other, "comment")
        self.scan._end()
        for record in (self.scan, hit):
            record.with_user(self.officer).read(["display_name"])
            for user in (self.marketing, self.manager, self.salesman, self.employee):
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["display_name"])
        with self.assertRaises(AccessError):
            self.scan.with_user(self.officer).write({"state": "clean"})
        with self.assertRaises(AccessError):
            hit.with_user(self.officer).unlink()

    def test_verdicts_are_not_written_by_hand(self):
        hit = self._hit(self.other, "comment").with_user(self.officer)
        with self.assertRaises(AccessError):
            hit.write({"verdict": "explained"})

    def test_officers_of_another_company_see_nothing(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        elsewhere = mail_new_test_user(
            self.env,
            login="officer_elsewhere",
            groups="crm_lifecycle.group_privacy_officer",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self._hit(self.other, "comment", verdict="other")
        self.scan._end()
        for model in ("crm.privacy.scan", "crm.privacy.scan.hit", "crm.privacy.erasure.entry"):
            self.assertTrue(self.env[model].with_user(self.officer).search_count([("id", ">", 0)]))
            self.assertFalse(self.env[model].with_user(elsewhere).search_count([("id", ">", 0)]))

    def test_the_register_is_only_added_to(self):
        self.scan._end()
        entry = self.request.entry_ids
        with self.assertRaises(AccessError):
            entry.name = "Other"
        with self.assertRaises(AccessError):
            entry.unlink()
        with self.assertRaises(AccessError):
            entry.with_user(self.officer).copy()
        self.assertTrue(entry.with_user(self.officer).action_print())
