import base64

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged

from .common import ConsentCase


@tagged("post_install", "-at_install")
class TestConsentScreens(ConsentCase):
    def entry(self, user, person, **values):
        entries = self.env["crm.privacy.consent.entry"].with_user(user)
        action = person.with_user(user).action_privacy_note()
        form = Form(entries.with_context(**action["context"]))
        for name, value in values.items():
            form[name] = value
        return form.save()

    def test_salesperson_notes_what_was_said(self):
        entry = self.entry(self.salesman, self.consumer, note="Call of today")
        self.assertEqual((entry.purpose_id, entry.channel), (self.newsletter, "email"))
        entry.action_record()
        word = self.consumer.privacy_consent_ids
        self.assertEqual(
            (word.event, word.source, word.note), ("granted", "phone", "Call of today")
        )
        self.assertEqual(word.user_id, self.salesman)
        self.assertEqual(word.wording_id, self.newsletter.wording_id)

    def test_lead(self):
        lead = self._lead(email_from="zoe@consent.test", user_id=self.salesman.id)
        self.entry(
            self.salesman, lead, event="withdrawn", purpose_id=self.offers_email
        ).action_record()
        self.assertEqual(self.ground(lead, self.offers_email), "no withdrawn")

    def test_yes_needs_a_proof_and_a_purpose(self):
        entry = self.entry(self.salesman, self.consumer)
        with self.assertRaises(UserError):
            entry.action_record()
        entry.write({"note": "Here", "purpose_id": False})
        with self.assertRaises(UserError):
            entry.action_record()
        entry.event = "withdrawn"
        entry.action_record()
        self.assertEqual(self.ground(self.consumer), "no withdrawn")

    def test_lead_of_a_colleague(self):
        lead = self._lead(email_from="zoe@consent.test", user_id=self.colleague.id)
        entry = self.env["crm.privacy.consent.entry"].with_user(self.salesman)
        entry = entry.create({"lead_id": lead.id, "note": "x"})
        with self.assertRaises(AccessError):
            entry.action_record()

    def test_officer_notes_for_anybody(self):
        self.entry(self.officer, self.consumer, note="Letter").action_record()
        self.assertEqual(self.consumer.privacy_consent_ids.user_id, self.officer)

    def test_line(self):
        self.says(self.consumer, "granted", self.newsletter)
        for user in (self.salesman, self.marketing, self.officer):
            state = self.consumer.with_user(user).get_privacy_state()
            line = {channel["channel"]: channel["allowed"] for channel in state["channels"]}
            self.assertEqual(line, {"email": True, "sms": False, "phone": False, "post": True})
        with self.assertRaises(AccessError):
            self.consumer.with_user(self.employee).get_privacy_state()

    def test_form_asks_for_nothing(self):
        views = self.env["res.partner"]
        for user, own_line in ((self.officer, True), (self.salesman, False)):
            arch = views.with_user(user).get_view(view_type="form")["arch"]
            self.assertEqual('name="privacy_line"' in arch, own_line)
            self.assertNotIn("privacy_consent_ids", arch)

    def test_line_of_sales(self):
        lead = self._lead(partner_id=self.consumer.id, user_id=self.salesman.id)
        for record in (lead.with_user(self.salesman), self.consumer.with_user(self.salesman)):
            self.assertEqual(record.get_lifecycle_summary()["consent"], record.get_privacy_state())
            with self.assertQueryCount(2):
                record._privacy_state()

    def test_officer_opens_contacts_and_not_leads(self):
        lead = self._lead(email_from="zoe@consent.test")
        of_lead = self.says(lead, "granted", self.newsletter).with_user(self.officer)
        with self.assertRaises(UserError):
            of_lead.action_open_person()
        of_contact = self.says(self.consumer, "granted", self.newsletter).with_user(self.officer)
        self.assertEqual(of_contact.action_open_person()["res_id"], self.consumer.id)

    def test_all_they_said(self):
        lead = self._lead(partner_id=self.consumer.id, user_id=False)
        self.says(self.consumer, "granted", self.newsletter)
        self.says(lead, "withdrawn", self.newsletter)
        for record, count in ((lead, 2), (self.consumer, 2)):
            domain = record.with_user(self.salesman).action_privacy_consents()["domain"]
            self.assertEqual(self.consents.with_user(self.salesman).search_count(domain), count)

    def test_proof_sheet(self):
        word = self.says(
            self.consumer,
            "confirmed",
            self.newsletter,
            source="form",
            url="https://shop.test/privacy/subscribe",
            asked_date=fields.Datetime.now(),
            user_id=False,
        )
        report = self.env["ir.actions.report"].with_user(self.officer)
        content, _kind = report._render_qweb_html("crm_lifecycle.report_privacy_consent", word.ids)
        sheet = content.decode()
        for shown in (
            "Lea",
            "lea@consent.test",
            "Newsletter",
            self.newsletter.wording_id.text,
            "not altered since",
            word.wording_fingerprint,
            "https://shop.test/privacy/subscribe",
            "The person, on the page",
        ):
            self.assertIn(shown, sheet)

    def test_settings(self):
        settings = self.env["res.config.settings"].create({})
        settings.privacy_purpose_id = self.newsletter
        self.assertEqual(self.env.company.privacy_purpose_id, self.newsletter)


@tagged("post_install", "-at_install")
class TestSuspectsWithConsent(ConsentCase):
    """A list of people who agreed brings their consents along."""

    def run_import(self, rows, **values):
        table = "Name;E-mail\n" + "\n".join(rows)
        suspects = self.env["crm.suspect.import"].with_user(self.marketing)
        record = suspects.create(
            {
                "name": "Fair of Lyon",
                "file": base64.b64encode(table.encode()),
                "filename": "fair.csv",
                "source_id": self.env["utm.source"].create({"name": "Fair of consent"}).id,
                "legal_basis": "consent",
                "legal_note": "Folder 3",
                "collection_date": "2026-05-01",
                "consent_purpose_ids": [fields.Command.set(self.newsletter.ids)],
                **values,
            }
        )
        record.action_preview()
        record.action_run()
        return self.env["crm.lead"].search([("suspect_import_id", "=", record.id)])

    def test_consents_of_the_list(self):
        lead = self.run_import(["Ann;ann@consent.test"])
        word = lead.privacy_consent_ids
        self.assertEqual((word.event, word.source, word.channel), ("granted", "import", "email"))
        self.assertEqual(fields.Date.to_string(word.date), "2026-05-01")
        self.assertIn("Folder 3", word.note)
        self.assertFalse(word.wording_id)
        self.assertEqual(self.ground(lead, self.newsletter), "consent")

    def test_later_objection_counts(self):
        self.consents._record(
            [{"email_normalized": "ann@consent.test"}], "withdrawn", self.newsletter, ["email"]
        )
        lead = self.run_import(["Ann;ann@consent.test"])
        self.assertEqual(self.ground(lead, self.newsletter), "no withdrawn")

    def test_other_basis_says_nothing(self):
        lead = self.run_import(["Ann;ann@consent.test"], legal_basis="legitimate_interest")
        self.assertTrue(lead)
        self.assertFalse(lead.privacy_consent_ids)


@tagged("post_install", "-at_install")
class TestConsentTour(ConsentCase, HttpCase):
    def test_note_a_consent(self):
        self.salesman.lang = "en_US"
        self.start_tour(
            f"/odoo/contacts/{self.consumer.id}",
            "crm_lifecycle_note_a_consent",
            login="lifecycle_salesman",
        )
        word = self.consumer.privacy_consent_ids
        self.assertEqual((word.event, word.note), ("granted", "Call of this morning"))
