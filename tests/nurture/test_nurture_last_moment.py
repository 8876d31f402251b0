from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .mail_common import NurtureMailCase


@tagged("post_install", "-at_install")
class TestNurtureLastMoment(NurtureMailCase):
    """What happens while an e-mail waits in the queue, and what is said about it then."""

    def queued(self, count=2, *steps, **values):
        """Give people whose first mail waits to leave."""
        sequence = self._sequence(
            self._mail(),
            *(steps or [{"kind": "wait", "name": "wait", "wait_number": 3}, self._mail("second")]),
            purpose_id=self.purpose.id,
            **values,
        )
        people = self._people(count)
        enrollments = sequence._enroll(people)
        self.run_until(minutes=1)
        self.assertEqual(self.results(enrollments), ["queued"] * count)
        return sequence, people, enrollments

    def left(self):
        """Let the queue run; give who got a mail."""
        with self.mail_server() as mailbox:
            self.send()
        return sorted(to[0] for to, _message in mailbox.messages)

    # ------------------------------------------------------------
    # Rules of the sequence, though the look around has not come yet
    # ------------------------------------------------------------

    def test_an_answer_takes_the_next_mail_back(self):
        _sequence, people, enrollments = self.queued()
        self.assertEqual(len(self.left()), 2)
        self.run_until(days=4)
        self.assertEqual(self.results(enrollments), ["queued"] * 2)
        first = self.deliveries.search([("enrollment_id", "=", enrollments[0].id)], order="id")[0]
        first.trace_id.set_replied()
        self.assertEqual(self.left(), [people[1].email_normalized])
        self.assertEqual(self.results(enrollments), ["cancelled", "sent"])
        self.assertEqual(self.delivery(enrollments[0]).note, "Answered")

    def test_an_exit_rule_and_a_goal(self):
        _sequence, people, enrollments = self.queued(
            3, exit_domain="[('function', '=', 'Lost')]", goal_domain="[('function', '=', 'Won')]"
        )
        people[0].function, people[1].function = "Lost", "Won"
        self.assertEqual(self.left(), [people[2].email_normalized])
        self.assertEqual(self.results(enrollments), ["cancelled", "cancelled", "sent"])

    def test_an_archived_record_gets_no_last_message_either(self):
        _sequence, people, enrollments = self.queued(2, {"kind": "exit", "name": "exit"})
        self.assertEqual(set(enrollments.mapped("state")), {"exited"})
        people[0].action_archive()
        self.assertEqual(self.left(), [people[1].email_normalized])
        self.assertEqual(self.delivery(enrollments[0]).note, "Archived or lost")

    def test_an_exit_rule_that_a_later_step_fulfils(self):
        tag = self.env["crm.tag"].create({"name": "Written to"})
        steps = [{"kind": "tag", "name": "tag", "tag_ids": [(4, tag.id)]}]
        domain = f"[('tag_ids', 'in', [{tag.id}])]"
        self.queued(2, *steps, exit_domain=domain)
        self.assertEqual(len(self.left()), 2, "the last message leaves all the same")

    def test_sales_at_work(self):
        _sequence, people, enrollments = self.queued()
        order = self.env["sale.order"].create(
            {
                "partner_id": self._contact(name="Buyer").id,
                "opportunity_id": people[0].id,
            }
        )
        self.assertEqual(self.left(), [people[1].email_normalized])
        self.assertEqual(self.results(enrollments), ["queued", "sent"])
        delivery = self.delivery(enrollments[0])
        self.assertEqual(delivery.note, "A quotation or a meeting is open")
        self.assertEqual(delivery.retry_at, self.clock() + timedelta(hours=1))
        order.state = "cancel"
        self.assertEqual(self.left(), [], "within the hour nothing is asked")
        self.clock.tick(3700)
        self.assertEqual(self.left(), [people[0].email_normalized])
        self.assertEqual((delivery.note, delivery.retry_at), (False, False))

    @mute_logger("odoo.addons.mail.models.mail_mail", "odoo.addons.base.models.ir_mail_server")
    def test_a_server_that_answers_again_at_night(self):
        hours = [
            (0, 0, {"name": "Day", "dayofweek": str(day), "hour_from": 9, "hour_to": 18})
            for day in range(5)
        ]
        calendar = self.env["resource.calendar"].create(
            {"name": "Day", "tz": "UTC", "attendance_ids": hours, "company_id": False}
        )
        self.clock.move_to("2026-06-01 17:59:00")
        contact = self._contact(tz="UTC", email="night@firm.test", company_name="Firm")
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id, calendar_id=calendar.id)
        people = self._people(1, partner_id=contact.id)
        people |= self._people(1, email_from="other@firm.test")
        people[1].user_id = False
        self.env.company.partner_id.tz = "America/New_York"
        enrollments = sequence._enroll(people)
        self.run_until(seconds=30)
        self.assertEqual(self.results(enrollments), ["queued"] * 2)
        with self.mail_server() as mailbox:
            mailbox.stop()
            self.send()
        self.clock.tick(600)
        self.assertEqual(self.left(), ["other@firm.test"], "in New York it is day")
        delivery = self.delivery(enrollments[0])
        self.assertEqual(delivery.note, "It waits for the sending hours.")
        self.assertEqual(str(delivery.retry_at), "2026-06-02 09:00:00")
        self.clock.move_to("2026-06-02 09:00:01")
        self.assertEqual(self.left(), [people[0].email_normalized])

    def test_a_filter_that_broke_holds_the_mails(self):
        sequence, people, enrollments = self.queued()
        other = self._sequence(self._mail("other"), purpose_id=self.purpose.id)
        other._enroll(people)
        self.run_until(minutes=1)
        self.env.cr.execute(
            "UPDATE crm_nurture_sequence SET exit_domain = %s WHERE id = %s",
            ["[('no_such_field', '=', 1)]", sequence.id],
        )
        sequence.invalidate_recordset()
        self.assertEqual(len(self.left()), 2, "the other sequence goes on")
        self.assertEqual(self.results(enrollments), ["queued"] * 2)
        self.assertIn("no_such_field", sequence.problem)
        sequence.exit_domain = "[]"
        self.clock.tick(3700)
        self.assertEqual(len(self.left()), 2)

    # ------------------------------------------------------------
    # Addresses and records
    # ------------------------------------------------------------

    def test_a_corrected_address(self):
        _sequence, people, enrollments = self.queued(4)
        people[0].email_from = "Right <right@firm0.test>"
        people[1].email_from = False
        people[2].email_from = "nonsense"
        with self.mail_server() as mailbox:
            self.send()
        self.assertEqual(
            sorted(to[0] for to, _message in mailbox.messages),
            [people[3].email_normalized, "right@firm0.test"],
        )
        self.assertEqual(self.results(enrollments), ["sent", "no_address", "no_address", "sent"])
        header = mailbox.of("right@firm0.test")[0]["List-Unsubscribe"]
        self.assertIn("right%40firm0.test", header)
        self.assertEqual(self.delivery(enrollments[0]).trace_id.email, "right@firm0.test")

    def test_the_new_address_is_excluded(self):
        _sequence, people, enrollments = self.queued()
        self.env["mail.blacklist"]._add("right@firm0.test")
        people[0].email_from = "right@firm0.test"
        self.assertEqual(self.left(), [people[1].email_normalized])
        self.assertEqual(self.results(enrollments)[0], "cancelled")

    def test_the_address_of_the_contact_of_a_lead(self):
        partner = self._contact(name="P", email="p@firm.test", company_name="Firm")
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id)
        lead = self._people(1, partner_id=partner.id, email_from="p@firm.test")
        enrollment = sequence._enroll(lead)
        self.run_until(minutes=1)
        partner.email = "new@firm.test"
        self.assertEqual(self.left(), ["new@firm.test"])
        self.assertEqual(self.delivery(enrollment).trace_id.email, "new@firm.test")

    def test_a_customer_of_the_company_that_sends(self):
        """Whose customer somebody is, is asked of the sequence, not of the queue."""
        other = self.env["res.company"].create({"name": "Other house"})
        self.purpose.write({"soft_opt_in": True, "company_id": False})
        ours, theirs = (
            self._contact(name=name, email=f"{name}@gmail.com") for name in ("ours", "theirs")
        )
        for contact, company in ((ours, self.env.company), (theirs, other)):
            values = {"partner_id": contact.id, "company_id": company.id}
            self.env["sale.order"].create(values).state = "sale"
        sequence = self._sequence(
            self._mail(), model="res.partner", purpose_id=self.purpose.id, company_id=other.id
        )
        enrollments = sequence._enroll(ours | theirs)
        self.run_until(minutes=1)
        self.assertEqual(self.results(enrollments), ["suppressed", "queued"])
        self.assertEqual(self.left(), [theirs.email])

    def test_two_leads_of_one_person_at_the_same_moment(self):
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id)
        people = self._people(2, email_from="same@firm.test")
        enrollments = sequence._enroll(people)
        kind = type(self.env["mailing.mailing"])
        # as if each had been handed over by an engine that does not see the other
        with patch.object(kind, "_nurture_doubles", lambda _self, _recipients: []):
            self.run_until(minutes=1)
        self.assertEqual(self.results(enrollments), ["queued"] * 2)
        self.assertEqual(self.left(), ["same@firm.test"])
        self.assertEqual(sorted(self.results(enrollments)), ["cancelled", "sent"])

    def test_the_list_of_excluded_addresses_counts_whatever_the_form_says(self):
        for values in ({"purpose_id": self.purpose.id}, {"purpose_id": False}):
            sequence = self._sequence(self._mail(), publish=False, **values)
            sequence.draft_id.step_ids.mailing_id.use_exclusion_list = False
            sequence.action_publish()
            people = self._people(3)
            for number, lead in enumerate(people):
                lead.email_from = f"{number}@{sequence.id}.test"
            self.env["mail.blacklist"]._add(people[0].email_from)
            enrollments = sequence._enroll(people)
            self.run_until(minutes=1)
            self.env["mail.blacklist"]._add(people[1].email_from)
            self.assertEqual(self.left(), [people[2].email_normalized])
            self.assertEqual(self.results(enrollments), ["suppressed", "cancelled", "sent"])

    def test_deleted_and_merged(self):
        _sequence, people, enrollments = self.queued(3)
        kept = enrollments[2]
        people[0].unlink()
        (people[1] | people[2]).merge_opportunity(auto_unlink=True)
        gone = (enrollments[1:]).filtered(lambda one: one.cause == "merged")
        self.assertEqual(len(gone), 1)
        self.assertEqual(len(self.left()), 1, "one person, one message")
        self.assertTrue(kept.exists())

    def test_a_mail_that_somebody_takes_out_of_the_queue(self):
        _sequence, _people, enrollments = self.queued(3)
        mails = self.delivery(enrollments[0]).trace_id.mail_mail_id, self.delivery(enrollments[1])
        mails[0].unlink()
        mails[1].trace_id.mail_mail_id.cancel()
        self.assertEqual(self.results(enrollments), ["cancelled", "cancelled", "queued"])
        found = self.deliveries.search(
            [("enrollment_id", "in", enrollments.ids), ("result", "=", "cancelled")]
        )
        self.assertEqual(len(found), 2)

    def test_what_has_left_is_not_taken_back(self):
        _sequence, people, enrollments = self.queued()
        self.assertEqual(len(self.left()), 2)
        people[0].privacy_restricted = True
        mails = self.env["mail.mail"].search([("mailing_id.nurture_sequence_id", "!=", False)])
        with self.mail_server() as mailbox:
            mails.send()
        self.assertFalse(mailbox.messages)
        self.assertEqual(self.results(enrollments), ["sent"] * 2)

    def test_a_deleted_sequence_sends_nothing_more(self):
        sequence, _people, _enrollments = self.queued(2, {"kind": "exit", "name": "exit"})
        mails = self.env["mail.mail"].search([("mailing_id.nurture_sequence_id", "!=", False)])
        sequence.action_close()
        sequence.unlink()
        self.assertEqual(self.left(), [])
        self.assertFalse(mails.exists().filtered(lambda mail: mail.state == "outgoing"))

    # ------------------------------------------------------------
    # Failures
    # ------------------------------------------------------------

    @mute_logger("odoo.addons.mail.models.mail_mail", "odoo.addons.base.models.ir_mail_server")
    def test_later_and_then_never(self):
        _sequence, people, enrollments = self.queued(1)
        with self.mail_server() as mailbox:
            mailbox.replies = {people.email_normalized: "450 come again"}
            self.send()
            self.assertEqual(self.results(enrollments), ["queued"])
            mailbox.replies = {people.email_normalized: "550 no such user"}
            self.clock.tick(360)
            self.send()
        self.assertEqual(self.results(enrollments), ["failed"])

    def test_a_trial_counts_nowhere_and_asks_nobody(self):
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id, publish=False)
        step = sequence.draft_id.step_ids
        first = self.env["crm.lead"].search([("id", ">", 0)], limit=1) or self._people(1)
        first.privacy_restricted = True
        mailing = step.mailing_id
        wizard = self.env["mailing.mailing.test"].create(
            {"mass_mailing_id": mailing.id, "email_to": "author@our.test"}
        )
        with self.mail_server() as mailbox:
            wizard.send_mail_test()
        self.assertEqual(len(mailbox.of("author@our.test")), 1)
        self.assertFalse(mailing.mailing_trace_ids)
        self.assertFalse(self.deliveries.search([("step_id", "=", step.id)]))

    def test_as_many_questions_for_many(self):
        for model in ("crm.lead", "res.partner"):
            counts = [self.questions(model, count) for count in (5, 5, 45)]
            self.assertEqual(counts[1], counts[2], model)

    def questions(self, model, count):
        """Count what is asked before so many mails leave."""
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id, model=model)
        people = self._people(count, email_from=None)
        for number, lead in enumerate(people):
            lead.email_from = f"one{number}@{sequence.id}.test"
        if model == "res.partner":
            people = self.env[model].create(
                [
                    {"name": lead.name, "email": lead.email_from, "is_company": True}
                    for lead in people
                ]
            )
        sequence._enroll(people)
        self.run_until(minutes=1)
        mails = self.env["mail.mail"].search([("mailing_id.nurture_sequence_id", "=", sequence.id)])
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertEqual((len(mails), mails._nurture_allowed()), (count, mails))
        return self.env.cr.sql_log_count - before
