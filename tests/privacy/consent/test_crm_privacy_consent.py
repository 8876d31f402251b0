from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ConsentCase


@tagged("post_install", "-at_install")
class TestConsent(ConsentCase):
    """Words are only added, and carry their proof."""

    def test_nobody_changes_what_was_said(self):
        word = self.says(self.consumer, "granted", self.newsletter)
        for change in (
            lambda: word.write({"event": "refused"}),
            word.unlink,
            word.copy,
        ):
            with self.assertRaises(UserError):
                change()

    def test_officer_adds_and_reads_and_no_more(self):
        values = {
            "partner_id": self.consumer.id,
            "purpose_id": self.newsletter.id,
            "channel": "email",
            "event": "granted",
            "source": "paper",
        }
        word = self.consents.with_user(self.officer).create(values)
        self.assertEqual(word.user_id, self.officer)
        for user in (self.salesman, self.marketing, self.employee):
            with self.assertRaises(AccessError):
                self.consents.with_user(user).create(values)
        with self.assertRaises(AccessError):
            word.with_user(self.employee).read(["event"])

    def test_proof(self):
        word = self.says(self.consumer, "granted", self.newsletter, source="form", url="https://x")
        self.assertEqual(word.wording_id, self.newsletter.wording_id)
        self.assertEqual(word.wording_fingerprint, self.newsletter.wording_id.fingerprint)
        self.assertEqual(word.email_normalized, "lea@consent.test")
        self.assertEqual(word.phone_sanitized, "+33611111678")
        self.assertTrue(word._proof()["unaltered"])

    def test_wording_is_frozen_by_the_first_answer(self):
        purpose = self.newsletter.copy()
        wording = purpose.wording_id
        wording.text = "Another text"
        self.says(self.consumer, "granted", purpose)
        with self.assertRaises(UserError):
            wording.text = "Yet another text"
        with self.assertRaises(UserError):
            wording.update_field_translations("text", {"en_US": "Yet another text"})
        with self.assertRaises(UserError):
            wording.unlink()
        second = wording.create({"purpose_id": purpose.id, "text": "New"})
        self.assertEqual(second.version, wording.version + 1)
        self.assertEqual(purpose.wording_id, second)

    def test_altered_wording_shows(self):
        word = self.says(self.consumer, "granted", self.newsletter)
        self.env.cr.execute(
            "UPDATE crm_privacy_wording SET text = jsonb_build_object('en_US', 'Altered')"
            " WHERE id = %s",
            [word.wording_id.id],
        )
        self.env.invalidate_all()
        self.assertFalse(word._proof()["unaltered"])

    def test_answered_purpose_is_archived_not_deleted(self):
        self.says(self.consumer, "granted", self.newsletter)
        with self.assertRaises(UserError):
            self.newsletter.unlink()

    def test_word_of_nobody(self):
        with self.assertRaises(ValidationError):
            self.consents.create({"event": "granted", "purpose_id": self.newsletter.id})

    def test_word_of_tomorrow(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        with self.assertRaises(ValidationError):
            self.says(self.consumer, "granted", self.newsletter, date=tomorrow)

    def test_deleted_contact_leaves_the_word_with_the_address(self):
        word = self.says(self.consumer, "withdrawn", self.offers_email)
        self.consumer.unlink()
        word.invalidate_recordset()
        self.assertFalse(word.partner_id)
        again = self._contact(name="Lea", email="Lea <LEA@consent.test>")
        self.assertEqual(self.ground(again, self.offers_email), "no withdrawn")

    def test_merge_of_contacts(self):
        other = self._contact(name="Lea", email="other@consent.test")
        self.says(other, "withdrawn", None, None)
        other.privacy_restricted = True
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.consumer | other).ids, self.consumer)
        self.assertEqual(self.consumer.privacy_consent_ids.mapped("event"), ["withdrawn"])
        self.assertTrue(self.consumer.privacy_restricted)
        self.assertTrue(self.consumer.privacy_unprofiled)

    def test_merge_of_leads(self):
        leads = self._lead(email_from="a@consent.test") | self._lead(email_from="b@consent.test")
        self.says(leads[1], "withdrawn", None, None)
        leads[1].privacy_restricted = True
        merged = leads.merge_opportunity()
        self.assertEqual(merged.privacy_consent_ids.mapped("event"), ["withdrawn"])
        self.assertTrue(merged.privacy_restricted)
        self.assertEqual(self.ground(merged, self.newsletter), "no restricted")

    def test_profiling_purpose_is_what_it_says(self):
        with self.assertRaises(ValidationError):
            self.profiling.legal_basis = "consent"
        with self.assertRaises(ValidationError):
            self.profiling.by_email = True

    def test_only_the_officer_ends_a_restriction(self):
        self.consumer.with_user(self.salesman).privacy_restricted = True
        with self.assertRaises(AccessError):
            self.consumer.with_user(self.salesman).privacy_restricted = False
        self.officer.group_ids |= self.env.ref("base.group_partner_manager")
        self.consumer.with_user(self.officer).privacy_restricted = False
        self.assertFalse(self.consumer.privacy_restricted)

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        word = self.says(self.consumer, "granted", self.newsletter, company_id=other.id)
        with self.assertRaises(AccessError):
            word.with_user(self.officer).read(["event"])
