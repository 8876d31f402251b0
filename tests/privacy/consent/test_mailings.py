from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from odoo.addons.sms.tests.common import SMSCommon

from .common import ConsentCase


@tagged("post_install", "-at_install")
class TestMailings(ConsentCase, SMSCommon):
    """Mailings and SMS pass the gate, and say truthfully whom they left out."""

    def mailing(self, people, purpose=None, **values):
        values = {
            "subject": "News",
            "body_html": "<p>News</p>",
            "mailing_model_id": self.env["ir.model"]._get_id(people._name),
            "mailing_domain": repr([("id", "in", people.ids)]),
            "privacy_purpose_id": purpose and purpose.id,
            **values,
        }
        return self.env["mailing.mailing"].with_user(self.mailer).create(values)

    def send(self, mailing):
        mailing.sudo()._action_send_mail()
        traces = self.env["mailing.trace"].search([("mass_mailing_id", "=", mailing.id)])
        return {trace.res_id: trace for trace in traces}

    def assertLeftOut(self, trace, reason):
        self.assertEqual((trace.trace_status, trace.failure_type), ("cancel", "privacy"))
        self.assertIn(reason, trace.failure_reason)

    def test_purpose_decides(self):
        people = self.consumer | self.professional
        self.says(self.consumer, "granted", self.newsletter)
        mailing = self.mailing(people, self.newsletter)
        traces = self.send(mailing)
        self.assertEqual(traces[self.consumer.id].trace_status, "outgoing")
        self.assertLeftOut(traces[self.professional.id], "consent is needed")
        mails = self.env["mail.mail"].search([("mailing_id", "=", mailing.id)])
        self.assertEqual(len(mails), 1, "nothing waits for who was left out")

    def test_without_purpose_as_odoo_does(self):
        third = self._contact(name="Third", email="third@consent.test")
        fourth = self._contact(name="Fourth", email="fourth@consent.test")
        third.privacy_restricted = True
        self.says(self.professional, "withdrawn", None, ["sms"])
        self.says(fourth, "withdrawn", None, None)
        people = self.consumer | self.professional | third | fourth
        traces = self.send(self.mailing(people))
        self.assertEqual(traces[self.consumer.id].trace_status, "outgoing")
        self.assertEqual(traces[self.professional.id].trace_status, "outgoing")
        self.assertLeftOut(traces[third.id], "kept but not used")
        self.assertEqual(traces[fourth.id].failure_type, "mail_bl", "on Odoo's list as well")

    def test_objection_outlives_the_exclusion_list(self):
        mailing = self.mailing(self.consumer, use_exclusion_list=False)
        self.says(self.consumer, "withdrawn", None, None)
        self.assertLeftOut(self.send(mailing)[self.consumer.id], "Objected")

    def test_leads_and_mailing_contacts(self):
        lead = self._lead(contact_name="Lea", email_from="lea@consent.test")
        self.assertLeftOut(self.send(self.mailing(lead, self.newsletter))[lead.id], "not agreed")
        member = self.env["mailing.contact"].create({"email": "lea@consent.test"})
        mailing = self.mailing(member, self.newsletter, contact_list_ids=False)
        self.assertLeftOut(self.send(mailing)[member.id], "not agreed")

    def test_sms(self):
        other = self._contact(name="Zoe", phone="+33611111679")
        self.says(self.consumer, "granted", self.offers_sms, ["sms"])
        mailing = self.mailing(
            self.consumer | other, self.offers_sms, mailing_type="sms", body_plaintext="News"
        )
        with self.mockSMSGateway():
            traces = self.send(mailing)
        self.assertNotEqual(traces[self.consumer.id].trace_status, "cancel")
        self.assertLeftOut(traces[other.id], "not agreed")
        self.assertNotIn("+33611111679", [sms["number"] for sms in self._sms])

    def test_many_sms_without_mailing(self):
        self.says(self.consumer, "withdrawn", None, None)
        self.env["phone.blacklist"].search([]).unlink()
        composer = self.env["sms.composer"].create(
            {
                "body": "News",
                "composition_mode": "mass",
                "res_model": "res.partner",
                "res_ids": repr(self.consumer.ids),
                "use_exclusion_list": False,
            }
        )
        with self.mockSMSGateway():
            composer._action_send_sms()
        self.assertFalse(self._sms)

    def test_many_mails_without_mailing(self):
        self.consumer.privacy_restricted = True
        people = self.consumer | self.professional
        composer = self.env["mail.compose.message"].create(
            {
                "composition_mode": "mass_mail",
                "model": "res.partner",
                "res_ids": repr(people.ids),
                "subject": "News",
                "body": "<p>News</p>",
                "force_send": False,
            }
        )
        mails, _messages = composer._action_send_mail()
        state = {mail.res_id: (mail.state, mail.failure_type) for mail in mails}
        self.assertEqual(state[self.consumer.id], ("cancel", "mail_optout"))
        self.assertEqual(state[self.professional.id][0], "outgoing")

    def test_mail_to_one_person_is_never_blocked(self):
        self.says(self.consumer, "withdrawn", None, None)
        self.consumer.privacy_restricted = True
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.salesman)
            .create(
                {
                    "composition_mode": "comment",
                    "model": "res.partner",
                    "res_ids": repr(self.consumer.ids),
                    "partner_ids": self.consumer.ids,
                    "subject": "Your question",
                    "body": "<p>Here is the answer.</p>",
                    "force_send": False,
                }
            )
        )
        composer._action_send_mail()
        mail = self.env["mail.mail"].sudo().search([("subject", "=", "Your question")])
        self.assertEqual(mail.recipient_ids, self.consumer)
        self.assertEqual(mail.state, "outgoing")

    def test_preview_counts_each_ground(self):
        self.says(self.consumer, "granted", self.newsletter)
        mailing = self.mailing(self.consumer | self.professional | self.house, self.newsletter)
        action = mailing.with_user(self.mailer).action_privacy_preview()
        preview = self.env["crm.privacy.preview"].with_user(self.mailer).browse(action["res_id"])
        self.assertEqual((preview.allowed_count, preview.refused_count), (1, 2))
        line = preview.line_ids.filtered(lambda line: line.ground == "no_consent")
        people = line.action_open_people()["domain"][0][2]
        self.assertEqual(set(people), {self.professional.id, self.house.id})

    def test_default_of_the_company(self):
        self.env.company.privacy_purpose_id = self.newsletter
        mailings = self.env["mailing.mailing"].with_user(self.mailer)
        form = Form(mailings.with_context(default_mailing_type="mail"))
        self.assertEqual(form.privacy_purpose_id, self.newsletter)
        by_sms = mailings.with_context(default_mailing_type="sms").default_get(
            ["mailing_type", "privacy_purpose_id"]
        )
        self.assertFalse(by_sms["privacy_purpose_id"])

    def test_purpose_must_know_the_channel(self):
        with self.assertRaises(ValidationError):
            self.mailing(self.consumer, self.offers_sms)

    def test_preference_link_of_each_recipient(self):
        body = '<p>News <a href="/privacy/preferences">choices</a></p>'
        mailing = self.mailing(self.consumer | self.professional, body_html=body)
        self.send(mailing)
        mails = self.env["mail.mail"].search([("mailing_id", "=", mailing.id)])
        links = set()
        for mail in mails:
            sent = mail._prepare_outgoing_list()[0]["body"]
            token = sent.split("/privacy/preferences/")[1].split('"')[0]
            state, record = self.env["crm.privacy.preference"]._open(token)
            self.assertEqual((state, record.id), ("valid", mail.res_id))
            links.add(token)
        self.assertEqual(len(links), 2)

    def test_same_number_of_queries(self):
        people = self.env["res.partner"].create(
            [{"name": f"P{n}", "email": f"p{n}@consent.test"} for n in range(100)]
        )
        mailing = self.mailing(people, self.newsletter)
        self.env.flush_all()
        counts = []
        for some in (people[:1], people):
            mailing._privacy_grounds(some.ids)
            before = self.env.cr.sql_log_count
            mailing._privacy_grounds(some.ids)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install")
class TestListsOfOdoo(ConsentCase):
    """Odoo's exclusion lists and mailing lists are kept in step, both ways."""

    def last(self, email="lea@consent.test"):
        word = self.consents.search([("email_normalized", "=", email)], limit=1)
        return word.event, word.channel, word.purpose_id, word.source

    def is_excluded(self, email="lea@consent.test"):
        return bool(self.env["mail.blacklist"].search_count([("email", "=", email)]))

    def test_nothing_any_more_is_on_the_lists(self):
        self.says(self.consumer, "withdrawn", None, None)
        self.assertTrue(self.is_excluded())
        self.assertTrue(self.env["phone.blacklist"].search([("number", "=", "+33611111678")]))
        self.assertEqual(len(self.consumer.privacy_consent_ids), 1, "said once")

    def test_one_purpose_is_not(self):
        self.says(self.consumer, "withdrawn", self.newsletter)
        self.assertFalse(self.is_excluded())

    def test_yes_comes_off_and_opens_that_purpose_only(self):
        self.says(self.consumer, "withdrawn", None, None)
        self.says(self.consumer, "granted", self.newsletter)
        self.assertFalse(self.is_excluded())
        self.assertEqual(self.ground(self.consumer, self.newsletter), "consent")
        self.assertEqual(self.ground(self.consumer, self.offers_email), "no withdrawn")

    def test_yes_of_yesterday_does_not(self):
        self.says(self.consumer, "withdrawn", None, None)
        yesterday = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        self.says(self.consumer, "granted", self.newsletter, date=yesterday)
        self.assertTrue(self.is_excluded())

    def test_put_on_and_taken_off_in_odoo(self):
        entry = self.env["mail.blacklist"].with_user(self.mailer)._add("Lea@consent.test")
        nothing = self.newsletter.browse()
        self.assertEqual(self.last(), ("withdrawn", "email", nothing, "exclusion"))
        self.assertEqual(self.ground(self.professional, self.offers_email), "professional")
        self.assertEqual(self.ground(self.consumer, self.newsletter), "no withdrawn")
        entry._remove("lea@consent.test")
        self.assertEqual(self.last(), ("lifted", "email", nothing, "exclusion"))
        self.assertEqual(self.ground(self.consumer, self.newsletter), "no no_consent")
        entry._add("lea@consent.test")
        self.assertEqual(self.last()[0], "withdrawn")

    def test_numbers(self):
        entry = self.env["phone.blacklist"]._add(["+33611111678"])
        self.assertEqual(self.ground(self.consumer, self.offers_sms, "sms"), "no withdrawn")
        entry.action_archive()
        self.assertEqual(self.ground(self.consumer, self.offers_sms, "sms"), "no no_consent")
        events = self.consents.search([("phone_sanitized", "=", "+33611111678")])
        self.assertEqual(events.mapped("channel"), ["phone", "sms"] * 2)

    def test_lists_of_before_the_addon_are_respected(self):
        self.env.cr.execute(
            "INSERT INTO mail_blacklist (email, active) VALUES ('lea@consent.test', TRUE)"
        )
        self.assertEqual(self.ground(self.consumer, self.service), "no excluded")

    def test_mailing_list_of_a_purpose(self):
        mailing_list = self.env["mailing.list"].create({"name": "News", "is_public": True})
        self.newsletter.mailing_list_id = mailing_list
        self.says(self.consumer, "granted", self.newsletter)
        member = mailing_list.subscription_ids
        self.assertEqual(member.contact_id.email, "lea@consent.test")
        mailing_list._update_subscription_from_email("lea@consent.test", opt_out=True)
        self.assertEqual(self.last(), ("withdrawn", "email", self.newsletter, "mailing"))
        self.assertEqual(self.ground(self.consumer, self.newsletter), "no withdrawn")
        public = self.env.ref("base.public_user")
        as_person = mailing_list.with_user(public).sudo()
        as_person._update_subscription_from_email("lea@consent.test", opt_out=False)
        self.assertEqual(self.ground(self.consumer, self.newsletter), "consent")
        self.says(self.consumer, "withdrawn", self.newsletter)
        self.assertTrue(member.opt_out)

    def test_left_before_the_addon(self):
        mailing_list = self.env["mailing.list"].create({"name": "News"})
        member = self.env["mailing.contact"].create({"email": "max@acme.test"})
        self.env["mailing.subscription"].create(
            {"contact_id": member.id, "list_id": mailing_list.id, "opt_out": True}
        )
        self.offers_email.mailing_list_id = mailing_list
        self.assertEqual(self.ground(self.professional, self.offers_email), "no unsubscribed")
