import base64
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from ...wizards.lifecycle import suspect_file
from .suspect_import_common import HEADER, SuspectImportCase, as_csv
from .test_suspect_file import workbook


@tagged("post_install", "-at_install", "lifecycle_import")
class TestCrmSuspectImport(SuspectImportCase):
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
