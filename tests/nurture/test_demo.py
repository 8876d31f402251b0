from datetime import timedelta
from unittest import SkipTest

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import convert_file

from .common import NurtureCase

#: What the two files stand on, and they themselves.
GROUND = ("crm_lifecycle_demo.xml", "crm_rfm_demo.xml")
FILES = ("crm_privacy_demo.xml", "crm_nurture_demo.xml")

#: All that people, sequences and registers are made of.
COUNTED = (
    "crm.lead",
    "res.partner",
    "mailing.mailing",
    "mailing.trace",
    "crm.nurture.version",
    "crm.nurture.step",
    "crm.nurture.enrollment",
    "crm.nurture.delivery",
    "crm.privacy.consent",
    "crm.privacy.request",
    "crm.privacy.breach",
    "mail.activity",
)


class DemoCase(NurtureCase):
    """The demo data, loaded at a day of the test into a database that has none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.env.ref("crm_lifecycle.sequence_enquiries", raise_if_not_found=False):
            raise SkipTest("this database has the demo data of its own day")
        with freeze_time(cls.start):
            cls.load(*GROUND)

    @classmethod
    def load(cls, *names, mode="init"):
        """Load demo files, as the installation and the update do."""
        for name in names:
            convert_file(cls.env, "crm_lifecycle", f"demo/{name}", {}, mode, noupdate=True)
        cls.env.flush_all()


@tagged("post_install", "-at_install")
class TestDemoDays(DemoCase):
    """A database may be made on any day."""

    def test_they_load_on_any_day(self):
        for moment in ("2028-02-29 23:50:00", "2027-01-01 00:05:00", "2027-03-01 12:00:00"):
            with self.subTest(moment), self.env.cr.savepoint() as savepoint:
                self.clock.move_to(moment)
                self.load(*FILES)
                self.assertGreaterEqual(self.next_due(), self.clock() + timedelta(days=2))
                requests = self.env["crm.privacy.request"].search([("state", "!=", "done")])
                self.assertNotIn("late", requests.mapped("urgency"))
                savepoint.rollback()
            self.env.invalidate_all(flush=False)


@tagged("post_install", "-at_install")
class TestDemo(DemoCase):
    """What the demo data tell is true, and nothing follows from it at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(cls.start):
            cls.load(*FILES)
        cls.sequence = cls.env.ref("crm_lifecycle.sequence_enquiries")

    def inside(self):
        return self.sequence.enrollment_ids.filtered(lambda one: one.state in ("waiting", "held"))

    def test_an_update_doubles_nothing(self):
        before = {model: self.env[model].search_count([]) for model in COUNTED}
        self.load(*GROUND, *FILES, mode="update")
        self.assertEqual({model: self.env[model].search_count([]) for model in COUNTED}, before)

    def test_nothing_is_sent_at_once(self):
        people = self.inside()
        places = [(one.state, one.step_id, one.due_at) for one in people]
        self.sequence._watch()
        self.assertEqual([(one.state, one.step_id, one.due_at) for one in people], places)
        self.assertFalse(self.sequence.problem)
        self.assertGreaterEqual(self.next_due(), self.clock() + timedelta(days=2))
        written = self.env["mail.mail"].search([("state", "=", "outgoing")])
        self.assertFalse(written.filtered("mailing_id"))
        self.assertFalse(written.filtered(lambda mail: mail.model == "crm.privacy.request"))

    def test_nobody_real_is_written_to(self):
        people = self.sequence.enrollment_ids.lead_id
        addresses = [lead.email_from for lead in people if lead.email_from]
        self.assertTrue(all(address.endswith(".example.com") for address in addresses))

    def test_what_was_done_lies_between_coming_in_and_leaving(self):
        now = fields.Datetime.now()
        for one in self.sequence.enrollment_ids:
            dates = one.delivery_ids.sorted("id").mapped("date")
            moments = [one.entered_at, *dates, one.left_at or now]
            with self.subTest(one.lead_id.name):
                self.assertEqual(moments, sorted(moments))
                self.assertTrue(all(step.version_id == one.version_id for step in one.step_id))

    def test_each_message_has_its_trace_and_there_is_one_of_each_outcome(self):
        deliveries = self.sequence.enrollment_ids.delivery_ids
        messages = deliveries.filtered(lambda one: one.step_id.kind == "email")
        self.assertTrue(all(messages.mapped("trace_id")))
        self.assertEqual(len(messages.trace_id), len(messages))
        self.assertLessEqual(
            {"sent", "opened", "clicked", "replied", "bounced", "suppressed", "no_address"},
            set(messages.mapped("result")),
        )

    def test_a_condition_answered_as_the_person_did(self):
        for step in self.sequence.version_ids.step_ids.filtered("message_step_id"):
            answered = self.deliveries.search([("step_id", "=", step.id)])
            those = answered.enrollment_id
            fulfilled = step._fulfilled(those)
            said = {one.enrollment_id.id for one in answered if one.outcome == "yes"}
            with self.subTest(step.display_name, version=step.version_id.number):
                self.assertEqual(said, fulfilled & set(those.ids))

    def test_the_sequence_goes_on_to_its_end(self):
        people = self.inside().filtered(lambda one: one.state == "waiting")
        self.run_until(days=90)
        self.assertEqual(set(people.mapped("state")), {"done"})

    def test_who_is_in_quarantine_goes_on_after_a_retry(self):
        stuck = self.sequence.enrollment_ids.filtered(lambda one: one.state == "quarantine")
        stuck.action_retry()
        self.run_until(minutes=1)
        self.assertEqual(stuck.step_id.key, "enquiry_week")

    def test_a_second_person_may_approve_the_erasure(self):
        request = self.env.ref("crm_lifecycle.request_erasure")
        officer = self.env.ref("base.user_admin")
        officer.group_ids = [Command.link(self.env.ref("crm_lifecycle.group_privacy_officer").id)]
        request.with_user(officer).action_approve()
        self.assertEqual(request.state, "approved")
