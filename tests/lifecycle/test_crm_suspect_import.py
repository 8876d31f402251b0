import base64
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...wizards.lifecycle import crm_suspect_import_run, suspect_file
from ..common import LifecycleCase
from .test_suspect_file import workbook

HEADER = ["Société", "Nom", "Prénom", "Courriel", "Téléphone", "CP", "Ville", "Pays", "Remarques"]
BATCH = "ROWS_PER_BATCH"


def as_csv(*rows):
    """Give the bytes of a French CSV file."""
    return "\r\n".join(";".join(row) for row in rows).encode("cp1252")


@tagged("post_install", "-at_install", "lifecycle_import")
class TestCrmSuspectImport(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.fr")
        cls.source = cls.env["utm.source"].create({"name": "Chamber of trades"})

    def _import(self, data, user=None, **values):
        return (
            self.env["crm.suspect.import"]
            .with_user(user or self.marketing)
            .create(
                {
                    "file": base64.b64encode(data),
                    "filename": "Bakers.csv",
                    "source_id": self.source.id,
                    "legal_basis": "legitimate_interest",
                    "collection_date": "2026-01-01",
                    **values,
                }
            )
        )

    def _people(self, *emails, **values):
        """Import a list of these addresses, as far as the preview."""
        record = self._import(as_csv(["E-mail"], *([email] for email in emails)), **values)
        record.action_preview()
        return record

    def _outcomes(self, record):
        return {line.number: line.outcome for line in record.line_ids}

    def _reasons(self, record):
        return {line.email or line.name: line.reason_text for line in record.line_ids}

    # what is created

    def test_leads(self):
        person = ["Le Fournil", "Durand", "Zoé", "Zoé <ZOE@Fournil.fr>", "06 12 34 56 78"]
        person += ["1000", "Bourg", "France", "rappeler <mardi>"]
        record = self._import(as_csv(HEADER, person), user_id=self.salesman.id)
        record.action_preview()
        self.assertEqual((record.state, record.new_count, record.total_count), ("preview", 1, 1))
        self.assertFalse(self.env["crm.lead"].search([("suspect_import_id", "=", record.id)]))

        record.action_run()
        lead = self.env["crm.lead"].search([("suspect_import_id", "=", record.id)])
        self.assertEqual(record.state, "done")
        self.assertRecordValues(
            lead,
            [
                {
                    "name": "Zoé Durand",
                    "contact_name": "Zoé Durand",
                    "partner_name": "Le Fournil",
                    "email_from": "zoe@fournil.fr",
                    "phone": "06 12 34 56 78",
                    "zip": "01000",
                    "city": "Bourg",
                    "country_id": self.env.ref("base.fr").id,
                    "type": "lead",
                    "user_id": self.salesman.id,
                    "source_id": self.source.id,
                    "company_id": self.env.company.id,
                    "create_uid": self.marketing.id,
                }
            ],
        )
        self.assertIn("rappeler &lt;mardi&gt;", lead.description)
        self.assertWay(lead, "suspect")
        self.assertEqual(lead.lifecycle_transition_ids.cause, "import")
        self.assertEqual(lead.lifecycle_transition_ids.source_id, self.source)

    def test_contacts(self):
        rows = [
            ["Le Fournil", "Durand", "Zoé", "zoe@fournil.fr", "", "", "", "Frnace", ""],
            ["Au Bon Pain", "", "", "contact@bonpain.example", "", "", "", "", ""],
        ]
        record = self._import(as_csv(HEADER, *rows), target="res.partner")
        record.action_preview()
        record.action_run()
        person, company = self.env["res.partner"].search(
            [("suspect_import_id", "=", record.id)], order="id"
        )
        self.assertEqual((person.name, person.company_name), ("Zoé Durand", "Le Fournil"))
        self.assertFalse(person.is_company)
        self.assertIn("Frnace", person.comment)
        self.assertEqual((company.name, company.is_company), ("Au Bon Pain", True))
        self.assertWay(person, "suspect")
        self.assertEqual(person.lifecycle_transition_ids.source_id, self.source)

    def test_workbook(self):
        data = workbook([["Nom complet", "Portable"], ["Zoé Durand", 612345678]])
        record = self._import(data, filename="whatever.pdf")
        record.action_preview()
        record.action_run()
        lead = self.env["crm.lead"].search([("suspect_import_id", "=", record.id)])
        self.assertEqual(lead.phone, "+33612345678")

    def test_form(self):
        with Form(self.env["crm.suspect.import"].with_user(self.marketing)) as form:
            form.file = base64.b64encode(as_csv(["Who", "Where"], ["Zoé", "zoe@a.fr"]))
            form.name = "Bakers of Brittany"
            form.source_id = self.source
            form.legal_basis = "consent"
            form.collection_date = "2026-01-01"
            with form.column_ids.edit(0) as column:
                self.assertEqual(column.samples, "Zoé")
                column.target = "name"
        record = form.record
        self.assertEqual(record.column_ids.mapped("target"), ["name", "email"])
        record.action_preview()
        self.assertEqual(record.line_ids.name, "Zoé")

    def test_form_refuses_a_file_at_once(self):
        record = self.env["crm.suspect.import"].new({"file": base64.b64encode(b"%PDF-1.7")})
        warning = record._onchange_file()
        self.assertIn("CSV", warning["warning"]["message"])
        self.assertFalse(record.file)

    # before anything is created

    def test_origin_is_required(self):
        for name in ("source_id", "legal_basis", "collection_date"):
            with self.subTest(name=name):
                record = self._import(as_csv(["E-mail"], ["zoe@a.fr"]), **{name: False})
                with self.assertRaises(UserError):
                    record.action_preview()
                with self.assertRaises(ValidationError):
                    record._note_step(state="running")

    def test_collected_in_the_future(self):
        tomorrow = fields.Date.add(fields.Date.today(), days=2)
        with self.assertRaises(ValidationError):
            self._import(as_csv(["E-mail"], ["zoe@a.fr"]), collection_date=tomorrow)

    def test_no_column_with_an_address(self):
        record = self._import(as_csv(["Nom", "Ville"], ["Durand", "Bourg"]))
        with self.assertRaisesRegex(UserError, "e-mail or phone"):
            record.action_preview()

    def test_a_target_twice(self):
        record = self._import(as_csv(["E-mail", "Autre"], ["zoe@a.fr", "x"]))
        record.column_ids[1].target = "email"
        with self.assertRaisesRegex(UserError, "E-mail, Autre"):
            record.action_preview()

    def test_files_that_cannot_be_read(self):
        for data in (b"\n \n", b"E-mail;Nom\n", b"%PDF-1.7", b'E-mail\n"zoe@a.fr\n\n'):
            with self.subTest(data=data), self.assertRaises(UserError):
                self._import(data)

    def test_a_file_that_is_too_big_is_not_decoded(self):
        too_big = "A" * (suspect_file.MAX_BYTES * 4 // 3 + 1000)
        with (
            patch.object(suspect_file, "kind_of", side_effect=AssertionError),
            self.assertRaisesRegex(UserError, "too big"),
        ):
            self.env["crm.suspect.import"].create({"file": too_big})

    def test_the_preview_stays_true(self):
        record = self._people("zoe@a.fr")
        with self.assertRaises(UserError):
            record.column_ids.target = "note"
        with self.assertRaises(UserError):
            record.match_by = "email_first"
        record.action_back()
        self.assertFalse(record.line_ids)
        record.column_ids.target = "note"

    # classes

    def test_known_people(self):
        self._lead(email_from="Lead <LEAD@known.fr>")
        self._lead(email_from="archived@known.fr", active=False)
        contact = self._contact(email="contact@known.fr")
        self._contact(phone="06 12 34 56 78", country_id=self.env.ref("base.fr").id)
        self.env["mailing.contact"].create({"email": "mailing@known.fr"})
        rows = [
            ["lead@known.fr", ""],
            ["archived@known.fr", ""],
            ["contact@known.fr", ""],
            ["other@new.fr", "+33 6 12 34 56 78"],
            ["mailing@known.fr", ""],
            ["new@new.fr", "01 23 45 67 89"],
        ]
        record = self._import(as_csv(["E-mail", "Tél"], *rows))
        record.action_preview()
        self.assertEqual((record.known_count, record.new_count), (5, 1))
        line = record.line_ids.filtered(lambda line: line.email == "contact@known.fr")
        self.assertEqual(line.action_open_record()["res_id"], contact.id)
        self.assertEqual(self._outcomes(record)[7], "new")

    def test_shared_switchboard(self):
        rows = [["a@one.fr", "01 23 45 67 89"], ["b@one.fr", "01 23 45 67 89"]]
        record = self._import(as_csv(["E-mail", "Tél"], *rows))
        record.action_preview()
        self.assertEqual((record.new_count, record.duplicate_count), (1, 1))
        record.action_back()
        record.match_by = "email_first"
        record.action_preview()
        self.assertEqual((record.new_count, record.duplicate_count), (2, 0))

    def test_no_contact_lists(self):
        self.env["mail.blacklist"]._add("no@mail.fr")
        self.env["mail.blacklist"]._add("again@mail.fr")
        self.env["mail.blacklist"]._remove("again@mail.fr")
        self.env["phone.blacklist"].sudo()._add(["+33612345678"])
        self._contact(email="no@mail.fr")
        rows = [
            ["no@mail.fr", ""],
            ["again@mail.fr", ""],
            ["phone@mail.fr", "06 12 34 56 78"],
        ]
        record = self._import(as_csv(["E-mail", "Portable"], *rows), match_by="email_first")
        record.action_preview()
        self.assertEqual(self._outcomes(record), {2: "blacklisted", 3: "new", 4: "blacklisted"})

    def test_repetitions(self):
        record = self._people("zoe@a.fr", "ZOE@a.fr", "max@a.fr", "Zoé <zoe@a.fr>")
        self.assertEqual(
            self._outcomes(record), {2: "new", 3: "duplicate", 4: "new", 5: "duplicate"}
        )
        self.assertIn("2", record.line_ids.filtered(lambda line: line.number == 5).reason_text)

    def test_each_kind_of_bad_row(self):
        header = ["Nom", "E-mail", "Tél", "Ville"]
        bad = [
            ["Sans adresse", "", "", ""],
            ["Mauvais", "zoe@localhost", "", ""],
            ["Deux", "a@a.fr, b@b.fr", "", ""],
            ["Téléphone", "", "12", ""],
            ["=cmd|' /C calc'!A0", "a@a.fr", "", ""],
            ["<script>alert(1)</script>", "a@a.fr", "", ""],
            ["x" * 10_000, "a@a.fr", "", ""],
            ["Ville", "a@a.fr", "", "<b>Bourg</b>"],
        ]
        good = ["Durand", "good@a.fr", "12", "Bourg"]
        record = self._import(as_csv(header, *bad, good))
        record.action_preview()
        self.assertEqual((record.invalid_count, record.new_count), (len(bad), 1))
        reasons = {line.number: line.reason_text for line in record.line_ids}
        self.assertEqual(len({reasons[number] for number in range(2, 10)}), len(bad))
        record.action_run()
        self.assertEqual(record.imported_count, 1)

    # the run

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
