from odoo.tests import tagged

from odoo.addons.sms.tests.common import SMSCommon

from .mail_common import NurtureMailCase


@tagged("post_install", "-at_install")
class TestNurtureSms(NurtureMailCase, SMSCommon):
    """SMS of sequences."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.fr")
        cls.texts = {
            "kind": "sms",
            "name": "text",
            "sms_body": "Hello {{ object.name }}, see https://shop.example/offer",
        }

    def send_sms(self, error=None):
        self.env.flush_all()
        with self.mockSMSGateway(sim_error=error), self.registry.cursor() as cr:
            self.env(cr=cr)["sms.sms"]._process_queue()
        self.env.invalidate_all()

    def test_each_gets_one(self):
        sequence = self._sequence(self.texts, purpose_id=self.purpose.id)
        people = self._people(5)
        people[1].phone = False
        people[2].phone = "12"
        self.env["phone.blacklist"].add(people[3].phone)
        enrollments = sequence._enroll(people)
        people[4].privacy_restricted = True
        self.run_until(minutes=1)
        self.assertEqual(
            self.results(enrollments),
            ["queued", "no_address", "no_address", "suppressed", None],
        )
        self.assertEqual((enrollments[4].state, enrollments[4].cause), ("held", "restricted"))
        self.send_sms()
        self.assertEqual(self.results(enrollments)[0], "sent")
        text = self._sms[0] if getattr(self, "_sms", None) else None
        self.assertEqual(text["number"], people[0].phone_sanitized)
        self.assertIn("Hello Lead 0", text["body"])
        self.assertIn("/r/", text["body"])
        self.assertIn("STOP SMS", text["body"])
        tracker = self.delivery(enrollments[0]).trace_id.sms_tracker_ids
        tracker._action_update_from_sms_state("sent")
        self.assertEqual(self.results(enrollments)[0], "delivered")

    def test_what_changes_before_it_leaves(self):
        sequence = self._sequence(self.texts, purpose_id=self.purpose.id)
        people = self._people(3)
        enrollments = sequence._enroll(people)
        self.run_until(minutes=1)
        people[0].privacy_restricted = True
        sequence._opt_out([people[1].email_normalized])
        self.send_sms()
        self.assertEqual(self.results(enrollments), ["cancelled", "cancelled", "sent"])
        self.assertIn("kept but not used", self.delivery(enrollments[0]).note)

    def test_provider_that_is_down(self):
        sequence = self._sequence(self.texts, purpose_id=self.purpose.id)
        enrollments = sequence._enroll(self._people(2))
        self.run_until(minutes=1)
        self.send_sms(error="jsonrpc_exception")
        self.assertEqual(self.results(enrollments), ["queued"] * 2)
        self.send_sms()
        self.assertEqual(self.results(enrollments), ["queued"] * 2, "not yet")
        self.clock.tick(360)
        self.send_sms()
        self.assertEqual(self.results(enrollments), ["sent"] * 2)

    def test_as_many_questions_for_many(self):
        counts = []
        for count in (5, 5, 100):
            sequence = self._sequence(self.texts, purpose_id=self.purpose.id)
            people = self._people(count)
            for number, lead in enumerate(people):
                lead.phone = f"+3360{count % 10}{len(counts)}{number:05}"
            enrollments = sequence._enroll(people)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            enrollments._run_step(sequence.version_id.step_ids)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(self.results(enrollments)), {"queued"})
        self.assertLessEqual(counts[2], counts[1] + 10, counts)
