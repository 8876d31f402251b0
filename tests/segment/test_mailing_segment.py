from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import SegmentCase


@tagged("post_install", "-at_install")
class TestMailing(SegmentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mailer = mail_new_test_user(
            cls.env, login="mailer", groups="base.group_user,mass_mailing.group_mass_mailing_user"
        )
        cls.marketing.group_ids |= cls.env.ref("mass_mailing.group_mass_mailing_user")
        cls.people = cls._people(3)
        for number, person in enumerate(cls.people):
            person.email = f"person{number}@segment.example.com"
        cls.segment = cls._segment()

    def mailing(self, **values):
        values = {"subject": "News", "crm_segment_id": self.segment.id, **values}
        values["mailing_model_id"] = self.env["ir.model"]._get_id("res.partner")
        return self.env["mailing.mailing"].with_user(self.mailer).create(values)

    def test_members_are_the_audience(self):
        mailing = self.mailing()
        self.assertEqual(
            mailing.mailing_domain, repr([("crm_segment_ids", "in", self.segment.ids)])
        )
        self.assertEqual(mailing.total, 3)
        self.assertEqual(set(mailing._get_remaining_recipients()), set(self.people.ids))

    def test_button_of_the_segment(self):
        action = self.segment.action_mailing()
        context = {**action["context"], "default_subject": "News"}
        form = Form(self.env["mailing.mailing"].with_user(self.marketing).with_context(**context))
        self.assertEqual(form.crm_segment_id, self.segment)
        self.assertIn("crm_segment_ids", form.mailing_domain)
        mailing = form.save()
        self.assertEqual((mailing.crm_segment_id, mailing.total), (self.segment, 3))
        self.assertEqual(self.segment.mailing_count, 1)
        self.assertEqual(self.segment.action_open_mailings()["domain"][0][2], self.segment.ids)

    def test_members_at_the_moment_of_sending(self):
        mailing = self.mailing()
        self.people[0].city = "Moved"
        late = self._people(1, email="late@segment.example.com")
        self.assertEqual(mailing.total, 3, "as of the last refresh")
        self.assertEqual(
            set(mailing._get_remaining_recipients()), set((self.people[1:] | late).ids)
        )

    def test_sent(self):
        mailing = self.mailing(body_html="<p>News</p>")
        late = self._people(1, email="late@segment.example.com")
        self.env["mail.blacklist"].sudo()._add(self.people[1].email)
        mailing.sudo()._action_send_mail()
        traces = self.env["mailing.trace"].search([("mass_mailing_id", "=", mailing.id)])
        self.assertEqual(set(traces.mapped("res_id")), set((self.people | late).ids))
        cancelled = traces.filtered(lambda trace: trace.trace_status == "cancel")
        self.assertEqual(cancelled.mapped("res_id"), self.people[1].ids)

    def test_mailing_stays_within_its_segment(self):
        mailing = self.mailing()
        mailing.mailing_domain = "[]"
        self.assertEqual(mailing.total, 3)
        mailing.mailing_domain = repr([("id", "=", self.people[0].id)])
        mailing.invalidate_recordset(["total"])
        self.assertEqual(mailing.total, 1)

    def test_broken_segment_keeps_its_last_members(self):
        mailing = self.mailing()
        self.break_filter(self.segment, "[('gone', '=', 1)]")
        self.assertEqual(len(mailing._get_remaining_recipients()), 3)
        self.assertTrue(self.segment.error)

    def test_other_recipients_have_no_segment(self):
        mailing = self.mailing()
        mailing.mailing_model_id = self.env["ir.model"]._get_id("crm.lead")
        self.assertFalse(mailing.crm_segment_id)
        self.assertNotIn("crm_segment_ids", mailing.mailing_domain)

    def test_segment_of_a_mailing_is_not_deleted(self):
        self.mailing()
        with self.assertRaises(UserError):
            self.segment.unlink()

    def test_other_mailings_refresh_nothing(self):
        mailing = self.mailing(crm_segment_id=False, mailing_domain=repr(self.here))
        model = self.env.registry["crm.segment"]
        with patch.object(model, "_refresh_one", side_effect=AssertionError):
            self.assertEqual(len(mailing._get_remaining_recipients()), 3)
