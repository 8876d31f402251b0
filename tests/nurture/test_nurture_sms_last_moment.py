from datetime import timedelta

from odoo.tests import HttpCase, tagged

from odoo.addons.sms.tests.common import SMSCommon

from .mail_common import NurtureMailCase


class NurtureSmsCase(NurtureMailCase, SMSCommon):
    """Sequences that write SMS."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.fr")
        cls.texts = {"kind": "sms", "name": "text", "sms_body": "Hello {{ object.name }}"}

    def send_sms(self, error=None):
        """Let Odoo send what is in the queue; give the numbers that got something."""
        self.env.flush_all()
        with self.mockSMSGateway(sim_error=error), self.registry.cursor() as cr:
            self.env(cr=cr)["sms.sms"]._process_queue()
        self.env.invalidate_all()
        return sorted(text["number"] for text in self._sms)

    def queued(self, count=2, *steps, **values):
        """Give people whose first SMS waits to leave."""
        steps = steps or [{"kind": "wait", "name": "wait", "wait_number": 3}, self.texts]
        values = {"purpose_id": self.purpose.id, **values}
        sequence = self._sequence(self.texts, *steps, **values)
        people = self._people(count)
        enrollments = sequence._enroll(people)
        self.run_until(minutes=1)
        self.assertEqual(self.results(enrollments), ["queued"] * count)
        return sequence, people, enrollments


@tagged("post_install", "-at_install")
class TestNurtureSmsLastMoment(NurtureSmsCase):
    """What happens while an SMS waits in the queue, and what is said about it then."""

    def test_a_paused_sequence_sends_nothing(self):
        sequence, people, enrollments = self.queued()
        sequence.action_pause()
        self.assertEqual(self.send_sms(), [])
        self.assertEqual(self.results(enrollments), ["queued"] * 2)
        sequence.action_resume()
        self.assertEqual(self.send_sms(), sorted(people.mapped("phone_sanitized")))
        self.assertEqual(self.results(enrollments), ["sent"] * 2)

    def test_sales_at_work(self):
        _sequence, people, enrollments = self.queued()
        order = self.env["sale.order"].create(
            {"partner_id": self._contact(name="Buyer").id, "opportunity_id": people[0].id}
        )
        self.assertEqual(self.send_sms(), [people[1].phone_sanitized])
        self.assertEqual(self.results(enrollments), ["queued", "sent"])
        order.state = "cancel"
        self.clock.tick(3700)
        self.assertEqual(self.send_sms(), [people[0].phone_sanitized])
        self.assertEqual(self.results(enrollments), ["sent"] * 2)

    def test_an_ordinary_mailing_waits_as_well(self):
        self.env.company.nurture_cap_number = 1
        _sequence, people, _enrollments = self.queued(1)
        self.send_sms()
        people |= self._people(1, phone="+33699999999", email_from="other@firm.test")
        mailings = self.env["mailing.mailing"].create(
            [
                {
                    "mailing_type": "sms",
                    "subject": name,
                    "body_plaintext": name,
                    "mailing_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "keeps_cap": keeps,
                }
                for name, keeps in (("News", True), ("Urgent", False))
            ]
        )
        mailings[0].action_send_sms(res_ids=people.ids)
        self.assertEqual(self.send_sms(), [people[1].phone_sanitized])
        waiting = self.env["sms.sms"].search([("nurture_at", "!=", False)])
        week = self.clock() + timedelta(days=7)
        self.assertEqual((waiting.number, waiting.nurture_at), (people[0].phone_sanitized, week))
        statuses = mailings[0].mailing_trace_ids.sorted("res_id").mapped("trace_status")
        self.assertEqual(statuses, ["outgoing", "pending"])
        mailings[1].action_send_sms(res_ids=people[0].ids)
        self.assertEqual(self.send_sms(), [people[0].phone_sanitized])
        self.clock.move_to(week + timedelta(minutes=1))
        self.assertEqual(self.send_sms(), [people[0].phone_sanitized])
        self.assertEqual(set(mailings[0].mailing_trace_ids.mapped("trace_status")), {"pending"})

    def test_an_exit_rule(self):
        _sequence, people, enrollments = self.queued(exit_domain="[('function', '=', 'Lost')]")
        people[0].function = "Lost"
        self.assertEqual(self.send_sms(), [people[1].phone_sanitized])
        self.assertEqual(self.results(enrollments), ["cancelled", "sent"])
        self.assertEqual(self.delivery(enrollments[0]).note, "Matched the exit rule")

    def test_another_number(self):
        _sequence, people, enrollments = self.queued(4)
        people[0].phone = "06 12 34 56 78"
        people[1].phone = False
        people[2].phone = "12"
        self.assertEqual(self.send_sms(), sorted(["+33612345678", people[3].phone_sanitized]))
        self.assertEqual(self.results(enrollments), ["sent", "no_address", "no_address", "sent"])
        self.assertEqual(self.delivery(enrollments[0]).trace_id.sms_number, "+33612345678")

    def test_excluded_archived_merged_and_deleted(self):
        _sequence, people, enrollments = self.queued(5)
        self.env["phone.blacklist"].add(people[0].phone)
        people[1].action_archive()
        (people[2] | people[3]).merge_opportunity(auto_unlink=True)
        last = people[4].phone_sanitized
        self.assertIn(last, self.send_sms())
        results = self.results(enrollments)
        self.assertEqual(results[:2] + results[4:], ["cancelled", "cancelled", "sent"])
        self.assertEqual(sorted(results[2:4]), ["cancelled", "sent"], "one person, one message")

    def test_an_sms_that_somebody_takes_out_of_the_queue(self):
        _sequence, _people, enrollments = self.queued(3)
        texts = self.env["sms.sms"].browse(
            self.delivery(one).trace_id.sms_id_int for one in enrollments
        )
        texts[0].unlink()
        texts[1].action_set_canceled()
        self.assertEqual(self.results(enrollments), ["cancelled", "cancelled", "queued"])

    def test_no_credit_and_a_number_that_does_not_exist(self):
        _sequence, _people, enrollments = self.queued(1)
        self.send_sms(error="credit")
        self.assertEqual(self.results(enrollments), ["queued"])
        self.clock.tick(360)
        self.send_sms(error="wrong_number_format")
        self.assertEqual(self.results(enrollments), ["no_address"])

    def test_reports_of_the_provider(self):
        _sequence, _people, enrollments = self.queued(3)
        self.send_sms()
        trackers = [self.delivery(one).trace_id.sms_tracker_ids for one in enrollments]
        trackers[0]._action_update_from_sms_state("sent")
        trackers[1]._action_update_from_provider_error("not_delivered")
        trackers[2]._action_update_from_provider_error("invalid_destination")
        self.env.invalidate_all()
        self.assertEqual(
            self.results(enrollments), ["delivered", "failed", "bounced"], "as Odoo tells them"
        )

    def test_a_deleted_sequence_sends_nothing_more(self):
        sequence, _people, _enrollments = self.queued(2, {"kind": "exit", "name": "exit"})
        sequence.action_close()
        sequence.unlink()
        self.assertEqual(self.send_sms(), [])

    def test_as_many_questions_for_many(self):
        counts = []
        for count in (5, 5, 100):
            _sequence, _people, enrollments = self.queued(count)
            texts = self.env["sms.sms"].browse(
                self.deliveries.search([("enrollment_id", "in", enrollments.ids)]).trace_id.mapped(
                    "sms_id_int"
                )
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(texts._nurture_allowed(), texts)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
class TestNurtureSmsStop(NurtureSmsCase, HttpCase):
    """The page that the link in an SMS leads to."""

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self.sequence, self.people, self.enrollments = self.queued(2)
        self.send_sms()
        self.trace = self.delivery(self.enrollments[0]).trace_id
        self.page = f"/sms/{self.trace.mass_mailing_id.id}/{self.trace.sms_code}"

    def stop(self, number, path=None):
        """Send the form of the page, as it is."""
        values = {"sms_number": number}
        page = self.url_open(path or self.page)
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        return self.url_open(path or self.page, data={**values, "csrf_token": token})

    def test_opening_the_link_decides_nothing(self):
        page = self.url_open(self.page)
        self.assertIn("confirm your phone number", page.text)
        self.env.invalidate_all()
        self.assertEqual(self.enrollments[0].state, "waiting")
        self.assertFalse(self.people[0].phone_blacklisted)

    def test_stop(self):
        another = self._sequence(
            {**self.texts, "name": "of another sequence"}, purpose_id=self.purpose.id
        )
        waiting = another._enroll(self.people[0])
        self.run_until(minutes=1)
        self.assertEqual(self.results(waiting), ["queued"])
        page = self.stop("06 01 02 00 00")
        self.assertIn("blacklisted", page.text)
        self.env.invalidate_all()
        self.assertTrue(self.people[0].phone_blacklisted)
        self.assertEqual(
            [(one.state, one.cause) for one in self.enrollments],
            [("exited", "unsubscribed"), ("waiting", False)],
        )
        self.assertEqual(self.send_sms(), [], "what waits in another sequence does not leave")
        self.assertEqual(self.results(waiting), ["cancelled"])
        twin = self.people[0].copy({"email_from": self.people[0].email_from})
        self.assertFalse(self.sequence._enroll(twin), "nor does the person come in again")
        self.stop("06 01 02 00 00")

    def test_a_number_that_got_nothing(self):
        page = self.stop("06 99 99 99 99")
        self.assertIn("Number not found", page.text)
        self.url_open(
            self.page.rsplit("/", 1)[0]
            + f"/unsubscribe/{self.trace.sms_code}?sms_number=%2B33699999999"
        )
        page = self.stop("nonsense")
        self.assertIn("incorrect", page.text)
        self.env.invalidate_all()
        self.assertEqual(set(self.enrollments.mapped("state")), {"waiting"})

    def test_a_forged_code(self):
        for path in (self.page[:-1] + "?", "/sms/999999/abc", "/sms/999999/unsubscribe/abc"):
            response = self.url_open(path, allow_redirects=False)
            self.assertEqual(response.status_code, 303, path)
        self.env.invalidate_all()
        self.assertEqual(set(self.enrollments.mapped("state")), {"waiting"})
