import base64
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...wizards.lifecycle import crm_suspect_import_run
from .suspect_import_common import BATCH, SuspectImportCase, as_csv


@tagged("post_install", "-at_install", "lifecycle_import")
class TestCrmSuspectImportRun(SuspectImportCase):
    """Long lists, and what comes in between; who may see them."""

    def test_in_batches_by_the_cron(self):
        emails = [f"p{number}@batch.fr" for number in range(7)]
        with patch.object(crm_suspect_import_run, BATCH, 2):
            record = self._people(*emails)
            record.action_run()
            self.assertEqual((record.state, record.imported_count), ("running", 2))
            record.action_stop()
            self.assertEqual(record.state, "paused")
            record.action_run()
            self.assertEqual((record.state, record.imported_count), ("running", 4))
            with self.enter_registry_test_mode():
                self.env.ref("crm_lifecycle.ir_cron_crm_suspect_import").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((record.state, record.imported_count), ("done", 7))
        leads = self.env["crm.lead"].search([("suspect_import_id", "=", record.id)])
        self.assertEqual(sorted(leads.mapped("email_normalized")), emails)

    def test_big_files_are_checked_by_the_cron(self):
        with patch(
            "odoo.addons.crm_lifecycle.wizards.lifecycle.crm_suspect_import_check.AT_ONCE_BYTES", 1
        ):
            record = self._people("zoe@a.fr", "max@a.fr")
        self.assertEqual(record.state, "checking")
        with self.enter_registry_test_mode():
            self.env.ref("crm_lifecycle.ir_cron_crm_suspect_import").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((record.state, record.new_count), ("preview", 2))

    def test_a_file_that_breaks_far_below(self):
        rows = [["E-mail"], *([f"p{number}@far.fr"] for number in range(300))]
        rows += [['"broken'], ["after@far.fr"]]
        with self.assertRaisesRegex(UserError, "302"):
            self._import(as_csv(*rows)).action_preview()
        with patch(
            "odoo.addons.crm_lifecycle.wizards.lifecycle.crm_suspect_import_check.AT_ONCE_BYTES", 1
        ):
            record = self._import(as_csv(*rows))
            record.action_preview()
        with self.enter_registry_test_mode():
            self.env.ref("crm_lifecycle.ir_cron_crm_suspect_import").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(record.state, "draft")
        self.assertIn("302", record.error)
        self.assertFalse(record.line_ids)

    def test_killed_in_the_middle(self):
        """A batch that dies leaves nothing; the next run does it once."""
        emails = [f"p{number}@killed.fr" for number in range(5)]
        with patch.object(crm_suspect_import_run, BATCH, 2):
            record = self._people(*emails)
            record.action_run()
            model = type(record)
            killed = patch.object(model, "_mark_imported", side_effect=psycopg2.OperationalError)
            with killed, self.assertRaises(psycopg2.OperationalError), self.env.cr.savepoint():
                record._run_step()
            self.env.invalidate_all()
            self.assertEqual(record.imported_count, 2)
            while record.state == "running":
                record._run_step()
        leads = self.env["crm.lead"].search([("suspect_import_id", "=", record.id)])
        self.assertEqual(sorted(leads.mapped("email_normalized")), emails)

    def test_one_bad_row_does_not_stop_the_others(self):
        record = self._people(*[f"p{number}@bad.fr" for number in range(6)])
        model = type(self.env["crm.lead"])
        plain_create = model.create

        def create(leads, vals_list):
            if any(vals["email_from"] == "p3@bad.fr" for vals in vals_list):
                raise ValueError("No p3 here")
            return plain_create(leads, vals_list)

        with patch.object(model, "create", create):
            record.action_run()
        self.assertEqual((record.imported_count, record.failed_count), (5, 1))
        self.assertIn("No p3 here", self._reasons(record)["p3@bad.fr"])
        record.action_retry()
        self.assertEqual((record.imported_count, record.failed_count), (6, 0))

    def test_a_list_that_fails_does_not_stop_another(self):
        with patch.object(crm_suspect_import_run, BATCH, 1):
            bad, good = (self._people(f"{n}@{n}.fr", f"{n}2@{n}.fr") for n in ("bad", "good"))
            (bad | good).sudo()._note_step(state="running", run_by_id=self.marketing.id)
            plain_run = type(bad)._run_step

            def run_step(record):
                if record.id == bad.id:
                    raise ValueError("Disk full")
                return plain_run(record)

            with (
                patch.object(type(bad), "_run_step", run_step),
                mute_logger(crm_suspect_import_run.__name__),
                self.enter_registry_test_mode(),
            ):
                self.env.ref("crm_lifecycle.ir_cron_crm_suspect_import").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((good.state, good.imported_count), ("done", 2))
        self.assertEqual(bad.state, "paused")
        self.assertIn("Disk full", bad.error)

    def test_addresses_are_not_sent_to_services(self):
        record = self._people("zoe@a.fr")
        record.action_run()
        lead = self.env["crm.lead"].search([("suspect_import_id", "=", record.id)])
        if "iap_enrich_done" not in lead._fields:
            self.skipTest("The service for lead enrichment is not installed")
        self.assertTrue(lead.iap_enrich_done)

    def test_known_since_the_preview(self):
        record = self._people("zoe@a.fr", "max@a.fr")
        self._contact(email="zoe@a.fr")
        record.action_run()
        self.assertEqual((record.imported_count, record.known_count), (1, 1))

    def test_nothing_twice(self):
        record = self._people("zoe@a.fr")
        record.action_run()
        with self.assertRaises(UserError):
            record.action_run()
        with self.assertRaises(UserError):
            record.action_preview()
        again = self._people("zoe@a.fr")
        self.assertEqual((again.new_count, again.known_count), (0, 1))

    # afterwards

    def test_file_of_the_rows_left_out(self):
        rows = [["=1+1", "zoe@a.fr"], ["Durand", "bad"], ["Petit", "petit@a.fr"]]
        record = self._import(as_csv(["Nom", "E-mail"], *rows))
        record.action_preview()
        record.action_run()
        action = record.with_context(lang="en_US").action_download_left_out()
        self.assertIn("left_out_file", action["url"])
        text = base64.b64decode(record.with_context(bin_size=False).left_out_file)
        self.assertEqual(
            text.decode("utf-8-sig").splitlines(),
            [
                "Nom;E-mail;Row;Why it was left out",
                "'=1+1;zoe@a.fr;2;Full Name: a formula instead of a text",
                "Durand;bad;3;The e-mail address is not valid",
            ],
        )

    def test_nobody_writes_the_steps(self):
        record = self._import(b"Nom;Courriel\nMartin;a@example.com")
        admin = self.env.ref("base.user_admin")
        for values in ({"state": "running"}, {"run_by_id": admin.id}, {"start_date": False}):
            with self.assertRaises(UserError):
                record.write(values)
            with self.assertRaises(UserError):
                record.with_context(suspect_import_step=True).write(values)

    def test_nobody_imports_into_a_foreign_company(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        record = self._import(b"Nom;Courriel\nMartin;a@example.com")
        with self.assertRaises(UserError):
            record.company_id = elsewhere

    def test_the_proof_stays(self):
        record = self._people("zoe@a.fr", "bad")
        record.action_run()
        with self.assertRaises(UserError):
            record.legal_basis = "consent"
        with self.assertRaises(UserError):
            record.unlink()
        month_ago = fields.Datetime.subtract(fields.Datetime.now(), days=31)
        record.sudo()._note_step(end_date=month_ago)
        self.env["crm.suspect.import"]._gc_rows()
        self.assertFalse(record.line_ids)
        self.assertFalse(record.file)
        self.assertEqual((record.imported_count, record.invalid_count), (1, 1))
        self.assertEqual(record.source_id, self.source)

    def test_abandoned_lists_are_deleted(self):
        record = self._people("zoe@a.fr")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_suspect_import SET write_date = write_date - INTERVAL '91 days'"
            " WHERE id = %s",
            [record.id],
        )
        self.env.invalidate_all()
        self.env["crm.suspect.import"]._gc_rows()
        self.assertFalse(record.exists())

    # rights

    def test_salespeople_do_not_see_lists(self):
        record = self._people("zoe@a.fr")
        for user in (self.salesman, self.employee):
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["name"])
                with self.assertRaises(AccessError):
                    self.env["crm.suspect.import.line"].with_user(user).search([])
                with self.assertRaises(AccessError):
                    self._import(as_csv(["E-mail"], ["a@a.fr"]), user=user)

    def test_rows_are_not_written_by_hand(self):
        record = self._people("zoe@a.fr")
        with self.assertRaises(AccessError):
            record.line_ids.outcome = "new"

    def test_companies(self):
        company = self.env["res.company"].create({"name": "Other"})
        self._contact(email="zoe@a.fr", company_id=company.id)
        self._contact(email="max@a.fr")
        record = self._people("zoe@a.fr", "max@a.fr", target="res.partner")
        # what another company knows is not shown to this one
        self.assertEqual(self._outcomes(record), {2: "new", 3: "known"})
        record.action_run()
        partner = self.env["res.partner"].search([("suspect_import_id", "=", record.id)])
        self.assertEqual(partner.company_id, self.env.company)
        self.marketing.write({"company_ids": company.ids, "company_id": company.id})
        record.invalidate_recordset()
        with self.assertRaises(AccessError):
            record.with_user(self.marketing).read(["name"])

    def test_queries_do_not_grow_with_the_rows(self):
        def queries(count, prefix):
            # Odoo itself needs a query for each lead
            emails = [f"{prefix}{number}@many.fr" for number in range(count)]
            record = self._people(*emails, target="res.partner")
            self.env.flush_all()
            start = self.env.cr.sql_log_count
            record.action_run()
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        queries(10, "warm")
        self.assertLess(queries(100, "hundred"), queries(10, "ten") + 10)
