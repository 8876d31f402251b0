import base64

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from ..common import PrivacyCase

EMAIL = "zoe.quenneville@canari-maison.example"
PHONE = "+33199007654"


class TestPrivacySuppression(PrivacyCase):
    """An erased address that comes back is recognised."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.list = cls.env["crm.privacy.suppression"]
        cls.env.company.country_id = cls.env.ref("base.fr")

    def _erase(self):
        self.list._add([f'"Zoé" <{EMAIL.upper()}>', "no address"], [PHONE, "01 99"])
        return self.list.search([("id", ">", 0)])

    def _returns(self):
        return self.env["crm.privacy.return"].search([("id", ">", 0)])

    def test_only_fingerprints_are_kept(self):
        rows = self._erase()
        self.assertEqual(sorted(rows.mapped("kind")), ["email", "phone"])
        for row in rows:
            self.assertRegex(row.fingerprint, "^[0-9a-f]{64}$")
        self.assertEqual(self.list.search([("id", ">", 0)]), self._erase())

    def test_known_values_in_any_form_of_address(self):
        self._erase()
        known = self.list._known([EMAIL, EMAIL.upper(), PHONE, "other@canari.example", False])
        self.assertEqual(set(known), {EMAIL, EMAIL.upper(), PHONE})

    def test_contacts_leads_and_mailing_contacts_are_recognised(self):
        self._erase()
        partner = self._contact(name="Zoé", email=EMAIL)
        lead = self._lead(phone="01 99 00 76 54")
        mailing = self.env["mailing.contact"].create({"name": "Zoé", "email": EMAIL})
        other = self._contact(name="Anne", email="anne@canari.example")
        found = {(row.res_model, row.res_id) for row in self._returns()}
        self.assertEqual(
            found,
            {("res.partner", partner.id), ("crm.lead", lead.id), ("mailing.contact", mailing.id)},
        )
        self.assertEqual(self.list._suppressed_ids(partner | other), {partner.id})
        self.assertEqual(self.list._suppressed_ids(lead), {lead.id})
        self.assertEqual(self.list._suppressed_ids(self.env["res.partner"]), set())

    def test_an_address_entered_later_is_recognised(self):
        self._erase()
        partner = self._contact(name="Zoé")
        self.assertFalse(self._returns())
        partner.email = EMAIL
        self.assertEqual(self._returns().res_id, partner.id)

    def test_an_incoming_mail_is_recognised(self):
        self._erase()
        self.env["crm.lead"].message_new(
            {"from": f"Zoé <{EMAIL}>", "subject": "Hello", "body": "Hello", "to": "x@y.example"}
        )
        self.assertEqual(self._returns().res_model, "crm.lead")
        self.assertEqual(self._returns().origin, "public")

    def test_the_officer_is_asked_once_and_may_lift(self):
        rows = self._erase()
        self._contact(name="Zoé", email=EMAIL)
        self._contact(name="Zoé again", email=EMAIL)
        row = rows.filtered(lambda row: row.kind == "email")
        self.assertEqual(len(row.activity_ids), 1)
        self.assertNotIn(EMAIL, row.activity_ids.note)
        self.assertEqual(row.return_count, 2)
        row = row.with_user(self.officer)
        with self.assertRaises(UserError):
            row.action_lift()
        with self.assertRaises(AccessError):
            row.active = False
        with Form(row) as form:
            form.lift_reason = "Registered again by the form"
        row.action_lift()
        self.assertEqual(row.lifted_by_id, self.officer)
        self.assertFalse(row.active or row.activity_ids)
        self.assertFalse(self.list._known([EMAIL]))
        self._erase()
        self.assertTrue(row.active)

    def test_nobody_writes_to_it_until_it_is_lifted(self):
        purpose = self.env["crm.privacy.purpose"].create(
            {"name": "Catalogues", "code": "catalogues", "legal_basis": "legitimate_interests"}
        )
        company = self._contact(name="Quenneville SARL", is_company=True)
        partner = self._contact(name="Zoé", email=EMAIL, parent_id=company.id)
        self._erase()
        ground = partner._privacy_may_contact(purpose, "email")[partner.id]
        self.assertEqual((ground.allowed, ground.code), (False, "erased"))
        purpose.legal_basis = "contract"
        self.assertTrue(partner._privacy_may_contact(purpose, "email")[partner.id].allowed)

    def test_nobody_else_sees_or_lifts(self):
        rows = self._erase()
        for user in (self.marketing, self.manager, self.salesman):
            with self.assertRaises(AccessError):
                rows.with_user(user).read(["kind"])
            with self.assertRaises(AccessError):
                rows.with_user(user).write({"lift_reason": "x"})

    def test_a_salesperson_creates_an_erased_person_without_error(self):
        self._erase()
        lead = self.env["crm.lead"].with_user(self.salesman)
        lead = lead.create({"name": "Zoé", "email_from": EMAIL, "type": "lead"})
        self.assertEqual(self._returns().origin, "user")
        self.assertEqual(self._returns().res_id, lead.id)

    def test_creating_many_costs_one_query(self):
        values = [{"name": f"P{n}", "email": f"p{n}@canari.example"} for n in range(100)]
        partners = self.env["res.partner"].create(values)
        self.env.flush_all()
        with self.assertQueryCount(0):
            self.list._any()
            self.list._notice(partners)
        self._erase()
        self.list._any()
        with self.assertQueryCount(1):
            self.list._notice(partners[:1])
        with self.assertQueryCount(1):
            self.list._notice(partners)

    def test_a_list_of_suspects_counts_it_as_no_contact(self):
        self._erase()
        lines = ["Name;E-mail;Phone", f"Zoé;{EMAIL};", "Zoé;;01 99 00 76 54"]
        lines.append("Anne;anne@canari.example;")
        suspects = (
            self.env["crm.suspect.import"]
            .with_user(self.marketing)
            .create(
                {
                    "file": base64.b64encode("\n".join(lines).encode()),
                    "filename": "list.csv",
                    "source_id": self.env["utm.source"].create({"name": "Fair"}).id,
                    "legal_basis": "legitimate_interest",
                    "legal_note": "Fair",
                    "collection_date": fields.Date.today(),
                }
            )
        )
        suspects.action_preview()
        self.assertEqual((suspects.blacklisted_count, suspects.new_count), (2, 1))
        texts = suspects.line_ids.filtered(lambda line: line.outcome == "blacklisted").mapped(
            "reason_text"
        )
        self.assertEqual(len(set(texts)), 2)
        self.assertTrue(all("erased" in text for text in texts))
