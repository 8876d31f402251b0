from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import EMAIL, NAME, PHONE, ErasureCase


@tagged("post_install", "-at_install")
class TestPrivacyIdentity(ErasureCase):
    def reasons(self, request):
        return {(line.res_model, line.res_id): line.reason for line in request.identity_ids}

    def confirmed(self, request, record):
        return request.identity_ids.filtered(
            lambda line: (line.res_model, line.res_id) == (record._name, record.id)
        ).confirmed

    def test_what_is_linked_and_alike_is_proposed(self):
        address = self._contact(name="Home", parent_id=self.person.id, type="delivery")
        colleague = self._contact(name="Child Contact", parent_id=self.person.id)
        archived = self._contact(name="Estrées-Quenneville Zoé d'", email=EMAIL, active=False)
        office = self._contact(name="The Office", phone=PHONE)
        namesake = self._contact(name=NAME, email="elsewhere@unique.example")
        subscriber = self.env["mailing.contact"].create({"name": "Zoé", "email": EMAIL})
        request = self.request()
        reasons = self.reasons(request)
        self.assertEqual(reasons["res.partner", self.person.id], "asked")
        self.assertEqual(reasons["res.partner", address.id], "child")
        self.assertEqual(reasons["crm.lead", self.lead.id], "linked")
        self.assertEqual(reasons["res.partner", office.id], "same_phone")
        self.assertEqual(reasons["res.partner", namesake.id], "same_name")
        self.assertEqual(reasons["mailing.contact", subscriber.id], "other_name")
        self.assertNotIn(("res.partner", colleague.id), reasons)
        for record in (self.person, address, self.lead):
            self.assertTrue(self.confirmed(request, record))
        for record in (office, namesake, subscriber):
            self.assertFalse(self.confirmed(request, record))
        self.assertEqual(reasons["res.partner", archived.id], "same_email")

    def test_a_lead_that_names_somebody_else_is_asked_about(self):
        other = self._lead(name="Other", partner_id=self.person.id, contact_name="Jean Tiers")
        query = "UPDATE crm_lead SET email_from = %s, email_normalized = %s WHERE id = %s"
        self.env.flush_all()
        self.env.cr.execute(query, ["jean@tiers.example", "jean@tiers.example", other.id])
        self.env.invalidate_all()
        request = self.request()
        self.assertEqual(self.reasons(request)["crm.lead", other.id], "linked_other")
        self.assertFalse(self.confirmed(request, other))
        self.assertTrue(self.confirmed(request, self.lead))
        self.env["crm.privacy.erasure"]._erase(self.person, other.browse(), "Rule")
        self.assertEqual(
            (other.contact_name, other.email_from), ("Jean Tiers", "jean@tiers.example")
        )

    def test_an_address_with_a_tag_is_proposed(self):
        tagged = EMAIL.replace("@", "+news@")
        subscriber = self.env["mailing.contact"].create({"name": "Z", "email": tagged})
        stranger = self.env["mailing.contact"].create({"name": "Z", "email": f"a{tagged}"})
        request = self.request()
        self.assertEqual(self.reasons(request)["mailing.contact", subscriber.id], "same_mailbox")
        self.assertFalse(self.confirmed(request, subscriber))
        self.assertNotIn(("mailing.contact", stranger.id), self.reasons(request))

    def test_what_others_have_too_names_nobody(self):
        self._contact(name="The Office", phone=PHONE)
        self._contact(name=NAME)
        identity = self.request()._identity()
        self.assertEqual(identity.emails, [EMAIL])
        self.assertEqual(identity.phones, [])
        self.assertEqual(identity.names, [])

    def test_former_values_and_merged_contacts_count(self):
        tracked = self.person.with_context(tracking_disable=False)
        self.env.flush_all()
        self.env.cr.flush()
        tracked.email = "new@quenneville-unique.example"
        self.env.flush_all()
        self.env.cr.flush()
        merged = self._contact(name="Zoe Merged Before", email="merged@quenneville-unique.example")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.person.id, merged.id], self.person)
        identity = self.request()._identity()
        self.assertLessEqual(
            {EMAIL, "new@quenneville-unique.example", "merged@quenneville-unique.example"},
            set(identity.emails),
        )
        self.assertIn("Zoe Merged Before", identity.names)

    def test_a_changed_list_must_be_confirmed_again(self):
        request = self.request()
        request.identity_ids[0].confirmed = False
        self.assertFalse(request.identity_at)
        with self.assertRaises(UserError):
            request.action_plan()

    def test_nobody_can_be_erased_without_confirmation(self):
        request = (
            self.env["crm.privacy.request"]
            .with_user(self.officer)
            .create({"type": "erasure", "partner_id": self.person.id})
        )
        with self.assertRaises(UserError):
            request.action_confirm_identity()
        with self.assertRaises(UserError):
            request.action_plan()

    def test_employees_and_own_companies_are_refused(self):
        for partner in (self.salesman.partner_id, self.env.company.partner_id):
            with self.assertRaises(UserError):
                self.request(partner).action_plan()

    def test_others_do_not_see_who_it_is(self):
        request = self.request()
        for user in (self.marketing, self.manager, self.salesman):
            with self.assertRaises(AccessError):
                request.identity_ids.with_user(user).read(["label"])

    def test_searching_costs_the_same_for_few_and_many_records(self):
        def count(partner):
            request = (
                self.env["crm.privacy.request"]
                .with_user(self.officer)
                .create({"type": "erasure", "partner_id": partner.id})
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            request.action_find_identity()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(self.person)
        few = count(self.person)
        for _number in range(50):
            self._lead(partner_id=self.person.id)
        self.assertLessEqual(count(self.person), few + 3)
