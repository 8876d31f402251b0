from datetime import timedelta

from odoo.tests import tagged

from .mail_common import NurtureMailCase


@tagged("post_install", "-at_install")
class TestNurtureLimits(NurtureMailCase):
    """The cap of a person and the budget of a day: later, by priority, never dropped."""

    def wait(self, days):
        return {"kind": "wait", "name": "wait", "wait_number": days}

    def mails(self, count):
        return [self._mail(f"mail {number}") for number in range(count)]

    def days(self, *enrollments):
        """Give on which days each got its messages, the first day being 0."""
        rows = self.deliveries.search(
            [("enrollment_id", "in", [one.id for one in enrollments]), ("trace_id", "!=", False)],
            order="id",
        )
        return [
            [(row.date - self.start).days for row in rows if row.enrollment_id == enrollment]
            for enrollment in enrollments
        ]

    def test_cap_over_sequences_and_mailings(self):
        self.env.company.nurture_cap_number = 2
        sequence = self._sequence(*self.mails(5), purpose_id=self.purpose.id)
        enrollment = sequence._enroll(self._people(1))
        self.run_until(hours=1)
        self.assertEqual(self.days(enrollment), [[0, 0]])
        self.assertEqual((enrollment.state, enrollment.held_by), ("waiting", "cap"))
        self.run_until(days=30)
        self.assertEqual(self.days(enrollment), [[0, 0, 7, 7, 14]])
        self.assertEqual((enrollment.state, enrollment.held_by), ("done", False))

    def test_an_ordinary_mailing_counts(self):
        self.env.company.nurture_cap_number = 1
        lead = self._people(1)
        other = self._contact(name="Same person", email=lead.email_from)
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "body_html": "<p>News</p>",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        mailing.action_send_mail(res_ids=other.ids)
        mailing.mailing_trace_ids.set_sent()
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id)
        enrollment = sequence._enroll(lead)
        self.run_until(days=6)
        self.assertFalse(self.delivery(enrollment))
        self.run_until(days=2)
        self.assertEqual(self.days(enrollment), [[7]])

    def test_an_ordinary_mailing_waits_as_well(self):
        self.env.company.nurture_cap_number = 1
        people = self._people(2)
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id)
        sequence._enroll(people[0])
        self.run_until(hours=1)
        mailings = self.env["mailing.mailing"].create(
            [
                {
                    "subject": name,
                    "body_html": "<p>News</p>",
                    "mailing_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "keeps_cap": keeps,
                }
                for name, keeps in (("News", True), ("Urgent", False))
            ]
        )
        for mailing in mailings:
            mailing.action_send_mail(res_ids=people.ids)
        mails = self.env["mail.mail"].search([("mailing_id", "in", mailings.ids)])
        waits = {(mail.mailing_id.subject, mail.res_id): mail.scheduled_date for mail in mails}
        week = self.start + timedelta(days=7)
        self.assertEqual(waits["News", people[0].id], week)
        self.assertFalse(waits["News", people[1].id])
        self.assertFalse(waits["Urgent", people[0].id])

    def test_what_matters_more_goes_first(self):
        self.env.company.nurture_cap_number = 1
        low = self._sequence(self._mail("low"), purpose_id=self.purpose.id, priority=1)
        high = self._sequence(self._mail("high"), purpose_id=self.purpose.id, priority=9)
        lead = self._people(1)
        first, second = low._enroll(lead), high._enroll(lead)
        self.run_until(days=1)
        self.assertEqual(self.days(first, second), [[], [0]])
        self.run_until(days=8)
        self.assertEqual(self.days(first, second), [[7], [0]])

    def test_what_matters_less_does_not_wait_for_ever(self):
        self.env.company.nurture_cap_number = 1
        lead = self._people(1)
        low = self._sequence(self._mail("low"), purpose_id=self.purpose.id, priority=1)
        high = self._sequence(
            *(self._mail(f"high {number}") for number in range(6)),
            purpose_id=self.purpose.id,
            priority=9,
        )
        second, first = high._enroll(lead), low._enroll(lead)
        self.run_until(days=60)
        [of_low], of_high = self.days(first, second)
        self.assertIn(of_low, (7, 14))
        self.assertEqual(len(set(of_high) | {of_low}), 7, "one a week, nothing is dropped")

    def test_planned_mailings_count_for_the_day_they_leave(self):
        self.env.company.nurture_cap_number = 1
        lead = self._people(1)
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id)
        sequence._enroll(lead)
        self.run_until(hours=1)
        dates = []
        for name in ("News", "More news"):
            mailing = self.env["mailing.mailing"].create(
                {
                    "subject": name,
                    "body_html": "<p>News</p>",
                    "mailing_model_id": self.env["ir.model"]._get_id("crm.lead"),
                }
            )
            mailing.action_send_mail(res_ids=lead.ids)
            mails = self.env["mail.mail"].search([("mailing_id", "=", mailing.id)])
            dates.append((mails.scheduled_date - self.start).days)
        self.assertEqual(dates, [7, 14])
        other = self._sequence(self._mail("other"), purpose_id=self.purpose.id)
        enrollment = other._enroll(lead)
        self.run_until(days=30)
        self.assertEqual(self.days(enrollment), [[21]])

    def test_sms_count_as_well(self):
        self.env.company.nurture_cap_number = 1
        self.env.company.country_id = self.env.ref("base.fr")
        text = {"kind": "sms", "name": "text", "sms_body": "Hello"}
        sequence = self._sequence(text, self._mail(), text, purpose_id=self.purpose.id)
        enrollment = sequence._enroll(self._people(1))
        self.run_until(days=30)
        self.assertEqual(self.days(enrollment), [[0, 7, 14]])

    def test_what_a_contract_orders_is_not_held_back(self):
        self.env.company.nurture_cap_number = 1
        self.purpose.legal_basis = "contract"
        sequence = self._sequence(*self.mails(3), purpose_id=self.purpose.id)
        enrollment = sequence._enroll(self._people(1))
        self.run_until(hours=1)
        self.assertEqual(self.days(enrollment), [[0, 0, 0]])

    def test_budget_of_a_day(self):
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id, daily_budget=4)
        enrollments = sequence._enroll(self._people(10))
        self.run_until(hours=1)
        self.assertEqual(enrollments.mapped("held_by").count("budget"), 6)
        self.run_until(days=5)
        days = sorted(day for (day,) in self.days(*enrollments))
        self.assertEqual(days, [0] * 4 + [1] * 4 + [2] * 2)

    def test_budget_of_the_company_by_priority(self):
        self.env.company.nurture_daily_budget = 3
        low = self._sequence(self._mail("low"), purpose_id=self.purpose.id, priority=1)
        high = self._sequence(self._mail("high"), purpose_id=self.purpose.id, priority=9)
        people = self._people(8)
        first = low._enroll(people[:4])
        second = high._enroll(people[4:])
        self.run_until(days=6)
        of_low, of_high = self.days(*first), self.days(*second)
        per_day = [day for (day,) in of_low + of_high]
        self.assertTrue(max(per_day.count(day) for day in per_day) <= 3, per_day)
        self.assertLessEqual(sum(map(sum, of_high)), sum(map(sum, of_low)))
        self.assertEqual(len(per_day), 8, "nobody is dropped")

    def test_budget_in_the_company_and_zone_of_the_sequence(self):
        other = self.env["res.company"].create({"name": "Other", "nurture_daily_budget": 2})
        other.partner_id.tz = "Pacific/Auckland"  # noon is at 00:00 UTC
        self.env.company.nurture_daily_budget = 1
        values = {"purpose_id": self.purpose.id, "company_id": other.id}
        enrollments = self._sequence(self._mail(), **values)._enroll(self._people(5))
        self.clock.move_to("2026-06-01 11:59:00")
        self.run_until(seconds=30)
        self.assertEqual(len(enrollments.filtered(lambda one: one.state == "done")), 2)
        more = self._sequence(self._mail("more"), **values)._enroll(self._people(1))
        self.clock.move_to("2026-06-01 12:01:00")
        self.run_until(minutes=1)
        self.assertEqual(more.state, "done", "in Auckland it is another day")
        here = self._sequence(self._mail("here"), purpose_id=self.purpose.id)
        own = here._enroll(self._people(2))
        self.run_until(minutes=1)
        self.assertEqual(sorted(own.mapped("state")), ["done", "waiting"])

    def test_budget_does_not_let_what_matters_less_wait_for_ever(self):
        self.env.company.nurture_daily_budget = 2
        low = self._sequence(self._mail("low"), purpose_id=self.purpose.id, priority=1)
        high = self._sequence(self._mail("high"), purpose_id=self.purpose.id, priority=5)
        first = low._enroll(self._people(2))
        for _day in range(12):
            high._enroll(self._people(2))
            self.run_until(hours=23, minutes=59)
            self.clock.tick(60)
        self.assertEqual(set(first.mapped("state")), {"done"})
        days = [day for (day,) in self.days(*first)]
        self.assertTrue(all(7 <= day <= 9 for day in days), days)

    def test_without_limits_nothing_is_asked(self):
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id)
        enrollments = sequence._enroll(self._people(20))
        step = enrollments.step_id
        step.sequence_id.company_id.read(["nurture_cap_number"])
        self.purpose.read(["legal_basis"])
        with self.assertQueryCount(0):
            enrollments._hold_back(step)

    def test_as_many_questions_for_many(self):
        self.env.company.nurture_cap_number = 2
        self.env.company.nurture_daily_budget = 1000
        sequence = self._sequence(self._mail(), purpose_id=self.purpose.id)
        enrollments = sequence._enroll(self._people(100))
        counts = []
        for some in (enrollments[:1], enrollments[:1], enrollments):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._hold_back(some.step_id)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
