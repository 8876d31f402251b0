from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ... import hooks
from .mail_common import NurtureMailCase


@tagged("post_install", "-at_install")
class TestNurtureMailRights(NurtureMailCase):
    """Who may write messages; companies; what is deleted; questions for many."""

    def test_marketing_writes_a_sequence(self):
        marketing = self.env(user=self.marketing)
        sequence = marketing["crm.nurture.sequence"].create(
            {"name": "By marketing", "purpose_id": self.purpose.id}
        )
        step = marketing["crm.nurture.step"].create(
            {"version_id": sequence.draft_id.id, **self._mail()}
        )
        step.subject = "Better subject"
        step.body_html = "<p>Better <a href='/unsubscribe_from_list'>x</a></p>"
        self.assertEqual(step.mailing_id.subject, "Better subject")
        self.assertIn("Better", step.mailing_id.body_arch)
        step.mailing_id.preview = "In the editor"
        sequence.action_publish()
        enrollments = sequence._enroll(self._people(2))
        self.run_until(minutes=1)
        self.assertEqual(self.results(enrollments.sudo()), ["queued"] * 2)

    def test_salespeople_look_and_do_not_touch(self):
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id, publish=False)
        step = sequence.draft_id.step_ids.with_user(self.salesman)
        self.assertEqual(step.subject, "About mail")
        with self.assertRaises(AccessError):
            step.subject = "Mine"
        optout = self.env["crm.nurture.optout"].create(
            {"sequence_id": sequence.id, "email": "a@b.test"}
        )
        with self.assertRaises(AccessError):
            optout.with_user(self.marketing).unlink()
        with self.assertRaises(AccessError):
            optout.with_user(self.salesman).read(["email"])

    def test_addresses_that_left_a_sequence_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        here = self._sequence(self._mail(), purpose_id=self.purpose.id)
        there = self._sequence(self._mail(), purpose_id=self.purpose.id, company_id=other.id)
        (here | there)._opt_out(["a@b.test"])
        found = (
            self.env["crm.nurture.optout"]
            .with_user(self.manager)
            .search([("email", "=", "a@b.test")])
        )
        self.assertEqual(found.sequence_id, here)
        lead = self._people(1, email_from="a@b.test")
        self.assertFalse(there._enroll(lead), "the list counts all the same")
        found.unlink()
        self.assertTrue(here._enroll(lead), "the person asked for it")

    def test_expressions_of_any_kind_need_the_right(self):
        editors = self.env.ref("mail.group_mail_template_editor")
        self.env["ir.config_parameter"].set_param("mail.restrict.template.rendering", True)
        self.env.ref("base.group_user").write({"implied_ids": [(3, editors.id)]})
        self.marketing.group_ids -= editors
        body = "<p><t t-out=\"object.env['res.users'].search([]).mapped('login')\"/></p>"
        sequence = (
            self.env["crm.nurture.sequence"]
            .with_user(self.marketing)
            .create({"name": "Sneaky", "purpose_id": self.purpose.id})
        )
        values = {"version_id": sequence.draft_id.id, **self._mail(body_html=body)}
        step = self.env["crm.nurture.step"].create(values)
        with self.assertRaises(AccessError):
            sequence.action_publish()
        self.assertEqual((sequence.state, sequence.draft_id.state), ("draft", "draft"))
        with self.assertRaises(AccessError):
            sequence.write({"state": "running", "version_id": sequence.draft_id.id})
        # without the expression, and with the right, it is published
        step.with_user(self.marketing).body_html = "<p>Hello</p>"
        sequence.with_user(self.marketing).action_publish()
        self.assertEqual(sequence.state, "running")
        self.marketing.group_ids += editors
        other = sequence.copy()
        other.draft_id.step_ids.body_html = body
        other.with_user(self.marketing).action_publish()
        self.assertEqual(other.state, "running")

    def test_expressions_in_what_is_not_frozen(self):
        self.env["ir.config_parameter"].set_param("mail.restrict.template.rendering", True)
        self.env.ref("base.group_user").write(
            {"implied_ids": [(3, self.env.ref("mail.group_mail_template_editor").id)]}
        )
        self.marketing.group_ids -= self.env.ref("mail.group_mail_template_editor")
        text = {"kind": "sms", "name": "text", "sms_body": "Hello"}
        plain = self._mail(body_html="<p>Hello</p>")
        sequence = self._sequence(plain, purpose_id=self.purpose.id)
        mailing = sequence.version_id.step_ids.mailing_id.with_user(self.marketing)
        sneaky = "{{ object.env['ir.config_parameter'].sudo().get_param('database.secret') }}"
        mailing.email_from = "Shop <shop@nurture.test>"
        for name in ("email_from", "reply_to", "lang"):
            with self.assertRaises(AccessError):
                mailing[name] = sneaky
                mailing.flush_recordset()
            mailing.invalidate_recordset(flush=False)
        draft = self._sequence(text, purpose_id=self.purpose.id, publish=False)
        draft.draft_id.step_ids.mailing_id.body_plaintext = sneaky
        with self.assertRaises(AccessError):
            draft.with_user(self.marketing).action_publish()

    def test_a_message_belongs_to_one_step(self):
        first = self._sequence(self._mail(), purpose_id=self.purpose.id)
        mailing = first.version_id.step_ids.mailing_id
        second = self._sequence(purpose_id=self.purpose.id, publish=False)
        sent = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "state": "done",
                "mailing_model_id": self.env["ir.model"]._get_id("crm.lead"),
            }
        )
        for used in (mailing, sent):
            with self.assertRaisesRegex(ValidationError, "used elsewhere"):
                self._step(second, kind="email", name="stolen", mailing_id=used.id)
        self.assertEqual(mailing.nurture_sequence_id, first)

    def test_limits_of_the_company_of_the_sequence(self):
        other = self.env["res.company"].create({"name": "Other"})
        other.nurture_cap_number = 1
        mails = [self._mail("one"), self._mail("two")]
        here = self._sequence(*mails, purpose_id=self.purpose.id)
        there = self._sequence(*mails, purpose_id=self.purpose.id, company_id=other.id)
        people = self._people(2)
        first, second = here._enroll(people[0]), there._enroll(people[1])
        self.run_until(minutes=1)
        self.assertEqual((first.state, second.state), ("done", "waiting"))

    def test_deleting_keeps_what_was_sent(self):
        sent = self._sequence(self._mail(), purpose_id=self.purpose.id)
        unsent = self._sequence(self._mail(), purpose_id=self.purpose.id)
        mailings = sent.version_id.step_ids.mailing_id, unsent.version_id.step_ids.mailing_id
        sent._enroll(self._people(1))
        self.run_until(minutes=1)
        (sent | unsent).action_close()
        (sent | unsent).unlink()
        self.assertTrue(mailings[0].exists())
        self.assertFalse(mailings[0].active)
        self.assertFalse(mailings[1].exists())

    def test_the_same_address_gets_a_message_once(self):
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id, model="res.partner")
        first, second = sequence._enroll(self.twins())
        self.run_until(minutes=1)
        self.assertEqual(self.results(first | second), ["queued", "suppressed"])

    def test_merged_people_keep_their_traces(self):
        sequence = self._sequence(
            self._mail("one"),
            {"kind": "wait", "wait_number": 1},
            self._mail("two"),
            purpose_id=self.purpose.id,
            model="res.partner",
        )
        kept, gone = people = self.twins()
        gone.email = "b@firm.test"
        entered = sequence._enroll(people)
        self.run_until(minutes=1)
        deliveries = self.deliveries.search([("enrollment_id", "in", entered.ids)])
        traces = deliveries.trace_id
        self.assertEqual(len(traces), 2)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(people.ids, kept)
        self.env.invalidate_all()
        self.assertFalse(gone.exists())
        self.assertEqual(entered.partner_id, kept)
        self.assertEqual(traces.exists().mapped("res_id"), [kept.id] * 2)
        self.assertEqual(deliveries.exists().trace_id, traces)
        # the one who goes on gets the next message, and only once
        self.run_until(days=2)
        self.assertEqual(sorted(entered.mapped("state")), ["done", "exited"])
        mailing = sequence.version_id.step_ids.filtered(lambda one: one.name == "two").mailing_id
        written = self.env["mailing.trace"].search([("mass_mailing_id", "=", mailing.id)])
        self.assertEqual(written.mapped("res_id"), kept.ids)

    def test_what_is_queued_does_not_leave_without_the_addon(self):
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id)
        entered = sequence._enroll(self._people(2))
        self.run_until(minutes=1)
        trace = self.delivery(entered[0]).trace_id
        mail = self.env["mail.mail"].search([("mailing_trace_ids", "in", trace.ids)])
        other = self.env["mail.mail"].create({"email_to": "a@b.test", "state": "outgoing"})
        self.assertEqual(mail.state, "outgoing")
        hooks._cancel_messages(self.env)
        self.assertEqual((mail.state, trace.trace_status), ("cancel", "cancel"))
        self.assertEqual(other.state, "outgoing")

    def twins(self):
        """Give two contacts of the same firm with the same address."""
        firm = self._contact(name="Firm", is_company=True)
        values = {"email": "a@firm.test", "parent_id": firm.id}
        return self._contact(name="A", **values) | self._contact(name="B", **values)

    def test_as_many_questions_for_many(self):
        counts = []
        for count in (5, 5, 100):
            sequence = self._sequence(self._mail(), purpose_id=self.purpose.id)
            enrollments = sequence._enroll(self._people(count, email_from=None))
            for number, lead in enumerate(enrollments.lead_id):
                lead.email_from = f"one{number}@{sequence.id}.test"
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            enrollments._run_step(sequence.version_id.step_ids)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(self.results(enrollments)), {"queued"})
        self.assertLessEqual(counts[2], counts[1] + 10, counts)
