from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RequestCase


@tagged("post_install", "-at_install")
class TestCrmPrivacyRequestDeadline(RequestCase):
    """The month, its extension, its reminders."""

    def _reminders(self, request):
        kind = self.env.ref("crm_lifecycle.mail_activity_type_privacy_request")
        return request.sudo().activity_ids.filtered(lambda one: one.activity_type_id == kind)

    def _cron(self):
        self.env["crm.privacy.request"]._cron_remind()

    def test_end_of_february(self):
        self.company.resource_calendar_id.tz = "Europe/Paris"
        request = self._request(received_at="2026-01-31 10:00:00")
        self.assertEqual(request.deadline, date(2026, 2, 28))

    def test_the_day_begins_where_the_company_is(self):
        self.company.resource_calendar_id.tz = "Europe/Paris"
        request = self._request(received_at="2026-03-14 23:30:00")
        self.assertEqual(request.deadline, date(2026, 4, 15))

    @freeze_time("2026-02-20 09:00:00")
    def test_extension_with_a_reason_tells_the_person(self):
        request = self._request(received_at="2026-01-31 10:00:00")
        with self.assertRaisesRegex(UserError, "reason"):
            request._extend(" ")
        request._extend("The data are in several archives.")
        self.assertEqual(request.deadline, date(2026, 4, 30))
        self.assertIn("several archives", self._mails(request)[-1].body_html)
        with self.assertRaisesRegex(UserError, "possible once"):
            request._extend("Again")

    @freeze_time("2026-03-01 09:00:00")
    def test_no_extension_after_the_first_month(self):
        request = self._request(received_at="2026-01-31 10:00:00")
        self.assertFalse(request.may_extend)
        with self.assertRaisesRegex(UserError, "within the first month"):
            request.action_extend()

    def test_words_and_colours(self):
        request = self._request(received_at="2026-03-15 10:00:00")
        for day, words, urgency in (
            ("2026-03-20", "due in 26 days", "quiet"),
            ("2026-04-05", "due in 10 days", "soon"),
            ("2026-04-14", "due tomorrow", "urgent"),
            ("2026-04-15", "due today", "urgent"),
            ("2026-04-16", "1 day late", "late"),
            ("2026-04-17", "2 days late", "late"),
        ):
            with freeze_time(f"{day} 10:00:00"):
                request.invalidate_recordset()
                self.assertEqual((request.deadline_text, request.urgency), (words, urgency))

    def test_reminders_come_once_each(self):
        request = self._request(received_at="2026-03-15 10:00:00")
        summaries = []
        for day in ("2026-04-04", "2026-04-05", "2026-04-06", "2026-04-12", "2026-04-15"):
            with freeze_time(f"{day} 10:00:00"):
                self._cron()
                summaries.append(self._reminders(request).mapped("summary"))
        self.assertEqual([len(found) for found in summaries], [0, 1, 1, 1, 1])
        self.assertEqual(summaries[1], summaries[2])
        self.assertIn("due in 3 days", summaries[3][0])
        with freeze_time("2026-04-16 10:00:00"):
            self._cron()
            self._cron()
            late = self._reminders(request)
            self.assertEqual(len(late), 1)
            self.assertIn("deadline of the law has passed", late.summary)
            self.assertNotIn("Quenneville", late.summary)

    @freeze_time("2026-04-10 10:00:00")
    def test_reminder_goes_to_who_answers_or_to_the_officer(self):
        mine = self._request(received_at="2026-03-15 10:00:00")
        nobody = self._request(received_at="2026-03-15 10:00:00", user_id=False)
        self._cron()
        self.assertEqual(self._reminders(mine).user_id, self.officer)
        group = self.env.ref("crm_lifecycle.group_privacy_officer")
        self.assertIn(group, self._reminders(nobody).user_id.all_group_ids)

    @freeze_time("2026-04-10 10:00:00")
    def test_the_extension_and_the_answer_end_the_reminders(self):
        extended = self._request(received_at="2026-03-15 10:00:00")
        refused = self._request(received_at="2026-03-15 10:00:00")
        self._cron()
        self.assertTrue(self._reminders(extended) and self._reminders(refused))
        extended._extend("Complex")
        refused._refuse_because("Excessive")
        self._cron()
        self.assertFalse(self._reminders(extended) or self._reminders(refused))

    @freeze_time("2026-04-10 10:00:00")
    def test_reminding_costs_the_same_for_many(self):
        def remind(count):
            self._request().sudo().copy()  # warms what a first creation reads
            requests = (
                self.env["crm.privacy.request"]
                .sudo()
                .create(
                    [
                        {
                            "type": "access",
                            "received_at": "2026-03-15 10:00:00",
                            "email": f"{n}@x.example",
                        }
                        for n in range(count)
                    ]
                )
            )
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            requests._remind()
            self.env.flush_all()
            return self.cr.sql_log_count - start

        remind(1)
        self.assertLessEqual(remind(100), remind(2) + 2)
