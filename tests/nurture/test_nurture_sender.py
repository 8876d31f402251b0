from odoo.exceptions import UserError
from odoo.tests import tagged

from .mail_common import NurtureMailCase


@tagged("post_install", "-at_install")
class TestNurtureSender(NurtureMailCase):
    """From whom the e-mails come, and where answers and what comes back go to."""

    def received(self, sequence, people):
        """Send the first mail of a sequence; give it as it came in."""
        enrollments = sequence._enroll(people)
        self.run_until(minutes=1)
        self.assertEqual(set(self.results(enrollments)), {"queued"})
        with self.mail_server() as mailbox:
            self.send()
        return mailbox.messages[0]

    def test_the_owner_of_a_ready_sequence(self):
        ready = self.env["crm.nurture.sequence"].search([("is_ready", "=", True)], limit=1)
        marketing = ready.with_user(self.marketing)
        own = marketing.browse(marketing.action_use()["res_id"])
        mailings = own.draft_id.step_ids.mailing_id
        self.assertTrue(mailings)
        self.assertEqual(mailings.user_id, self.marketing)
        self.assertEqual(set(mailings.mapped("email_from")), {self.marketing.email_formatted})

    def test_a_new_owner(self):
        sequence = self._sequence(self._mail("a"), self._mail("b"), purpose_id=self.purpose.id)
        first, second = sequence.version_id.step_ids.mailing_id
        second.email_from = "Team <team@nurture.test>"
        sequence.user_id = self.manager
        self.assertEqual(first.email_from, self.manager.email_formatted)
        self.assertEqual(second.email_from, "Team <team@nurture.test>")
        _to, message = self.received(sequence, self._people(1))
        self.assertIn("Manager", message["From"])

    def test_an_owner_without_an_address(self):
        self.marketing.email = False
        company = self.env.company
        sequence = self._sequence(
            self._mail("a"), purpose_id=self.purpose.id, user_id=self.marketing.id
        )
        mailing = sequence.version_id.step_ids.mailing_id
        self.assertEqual(mailing.email_from, company.email_formatted)
        company.partner_id.email = False
        company.alias_domain_id = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            self._sequence(self._mail("b"), purpose_id=self.purpose.id, user_id=self.marketing.id)

    def test_domains_of_the_company_of_the_sequence(self):
        domain = self.env["mail.alias.domain"].create(
            {"name": "other.test", "bounce_alias": "back", "catchall_alias": "all"}
        )
        other = self.env["res.company"].create({"name": "Other", "alias_domain_id": domain.id})
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id, company_id=other.id)
        _to, message = self.received(sequence, self._people(1))
        self.assertIn("all@other.test", message["Reply-To"])
        self.assertIn("back@other.test", message["Return-Path"])
        _to, message = self.received(
            self._sequence(self._mail("here"), purpose_id=self.purpose.id), self._people(1)
        )
        self.assertIn("catchall@nurture.test", message["Reply-To"])
        self.assertIn("bounce@nurture.test", message["Return-Path"])

    def test_a_server_of_its_own(self):
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id, publish=False)
        enrollments = sequence.browse()
        with self.mail_server() as mailbox, self.mail_server() as own:
            servers = self.env["ir.mail_server"].search([("name", "=", "Test")], order="id")
            sequence.draft_id.step_ids.mailing_id.mail_server_id = servers[1]
            sequence.action_publish()
            enrollments = sequence._enroll(self._people(2))
            self.run_until(minutes=1)
            self.send()
            self.assertEqual((len(mailbox.messages), len(own.messages)), (0, 2))
        self.assertEqual(self.results(enrollments), ["sent"] * 2)
