from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..common import PrivacyCase

KNOWN = datetime(2026, 3, 27, 9)
COMPLETE = {
    "facts": "A laptop was stolen from a car.",
    "consequences": "The list may be read.",
    "measures_taken": "Password changed, police informed.",
    "is_confidentiality": True,
    "risk": "risk",
    "risk_note": "The disk is not encrypted.",
}


@tagged("post_install", "-at_install")
class TestBreach(PrivacyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.breaches = cls.env["crm.privacy.breach"].with_user(cls.officer)
        cls.town = "Breachville"
        cls.people = cls.env["res.partner"].create(
            [
                {"name": "By mail", "email": "mail@breach.example", "city": cls.town},
                {"name": "By letter", "street": "1 Road", "city": cls.town},
                {
                    "name": "Archived",
                    "email": "old@breach.example",
                    "city": cls.town,
                    "active": False,
                },
            ]
        )

    def _breach(self, **values):
        return self.breaches.create({"title": "Laptop stolen", "aware_at": KNOWN, **values})

    def _notice(self, breach):
        domain = [("city", "=", self.town)]
        return (
            self.env["crm.privacy.breach.notice"]
            .with_user(self.officer)
            .create({"breach_id": breach.id, "domain": repr(domain)})
        )

    def kinds(self, breach):
        """Give the history of a breach."""
        return breach.note_ids.mapped("kind")

    # -- the clock ------------------------------------------------------------

    def test_clock_runs_in_calendar_hours(self):
        with freeze_time(KNOWN):
            breach = self._breach()
            self.assertEqual((breach.hours_left, breach.clock), (72, "running"))
            self.assertEqual(breach.deadline, KNOWN + timedelta(hours=72))
        with freeze_time(KNOWN + timedelta(hours=60)):
            breach.invalidate_recordset()
            self.assertEqual((breach.hours_left, breach.clock), (12, "urgent"))
        with freeze_time(KNOWN + timedelta(hours=73)):
            breach.invalidate_recordset()
            self.assertEqual((breach.hours_left, breach.clock), (-1, "late"))

    def test_clock_stops_without_risk_or_when_notified(self):
        with freeze_time(KNOWN):
            harmless = self._breach()
            harmless.write({"risk": "none", "risk_note": "The disk is encrypted."})
            self.assertEqual(harmless.clock, "off")
            self.assertFalse(harmless.activity_ids)
            breach = self._breach(**COMPLETE)
            breach.action_notified()
            self.assertEqual((breach.clock, breach.state), ("off", "notified"))
            self.assertFalse(breach.activity_ids)

    def test_officer_is_reminded_at_each_moment_once(self):
        with freeze_time(KNOWN):
            breach = self._breach()
        self.assertEqual(breach.activity_ids.user_id, self.officer)
        words = {}
        for hours in (10, 48, 49, 68, 72, 80):
            with freeze_time(KNOWN + timedelta(hours=hours, minutes=1)):
                breach.invalidate_recordset()
                self.breaches.sudo()._cron_remind()
                self.assertEqual(len(breach.activity_ids), 1)
                words[hours] = breach.activity_ids.summary
        self.assertEqual(words[10], "Notify the authority: 72 hours left")
        self.assertEqual(words[48], words[49])
        self.assertIn("23 hours left", words[48])
        self.assertIn("3 hours left", words[68])
        self.assertIn("over", words[72])
        self.assertEqual(words[72], words[80])

    def test_moments_wake_the_job(self):
        cron = self.env.ref("crm_lifecycle.ir_cron_privacy_breach")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        with freeze_time(KNOWN):
            self._breach()
        new = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers
        expected = [KNOWN + timedelta(hours=hours) for hours in (48, 68, 72)]
        self.assertEqual(sorted(new.mapped("call_at")), expected)

    def test_corrected_awareness_starts_the_clock_again(self):
        with freeze_time(KNOWN + timedelta(hours=1)):
            breach = self._breach()
            breach.aware_at = KNOWN - timedelta(hours=5)
            self.assertEqual(breach.hours_left, 66)
        self.assertIn("changed", self.kinds(breach))

    # -- notification -----------------------------------------------------------

    def test_late_notification_needs_its_reasons(self):
        breach = self._breach(**COMPLETE)
        with freeze_time(KNOWN + timedelta(hours=80)):
            with self.assertRaisesRegex(ValidationError, "reasons of the delay"):
                breach.action_notified()
            breach.late_reason = "The provider told us late."
            breach.action_notified()
        self.assertTrue(breach.is_late)
        with self.assertRaises(ValidationError):
            breach.late_reason = False

    def test_notification_on_the_last_second_is_in_time(self):
        with freeze_time(KNOWN):
            breach = self._breach(**COMPLETE)
        with freeze_time(KNOWN + timedelta(hours=72)):
            breach.action_notified()
        self.assertFalse(breach.is_late)

    def test_incomplete_notification_is_refused(self):
        breach = self._breach()
        with self.assertRaisesRegex(UserError, "Likely Consequences"):
            breach.action_notified()

    def test_what_follows_is_a_complement(self):
        with freeze_time(KNOWN):
            breach = self._breach(**COMPLETE)
            breach.action_notified()
            first = breach.authority_notified_at
        note = self.env["crm.privacy.breach.note"].with_user(self.officer)
        note.create({"breach_id": breach.id, "text": "40 more persons.", "kind": "authority"})
        breach.action_notified()
        self.assertEqual(breach.authority_notified_at, first)
        self.assertEqual(self.kinds(breach).count("complement"), 1)
        # what people add is information, whatever they say
        self.assertEqual(self.kinds(breach).count("authority"), 1)

    def test_no_risk_needs_a_reason(self):
        with self.assertRaisesRegex(ValidationError, "why the breach"):
            self._breach(risk="none")

    def test_processor_tells_the_controller(self):
        breach = self._breach(role="processor", **COMPLETE)
        self.assertEqual(breach.clock, "off")
        self.assertFalse(breach.must_notify_authority)
        with self.assertRaises(UserError):
            breach.action_controller_told()
        breach.controller_id = self._contact(name="Client")
        with self.assertRaisesRegex(UserError, "controller first"):
            breach.action_close()
        breach.action_controller_told()
        breach.action_close()
        self.assertEqual(breach.state, "closed")

    # -- the file -----------------------------------------------------------------

    def test_every_breach_is_kept(self):
        breach = self._breach(risk="none", risk_note="Encrypted.")
        breach.action_close()
        for records in (breach.sudo(), breach.note_ids.sudo()):
            with self.assertRaises(UserError):
                records.unlink()
        with self.assertRaises(AccessError):
            breach.unlink()

    def test_history_is_only_added_to(self):
        breach = self._breach()
        note = breach.note_ids
        with self.assertRaises(UserError):
            note.sudo().text = "Something else"
        with self.assertRaises(UserError):
            note.text = "Something else"
        added = self.env["crm.privacy.breach.note"].with_user(self.officer)
        old = added.create(
            {"breach_id": breach.id, "text": "New", "date": KNOWN, "user_id": self.manager.id}
        )
        self.assertEqual(old.user_id, self.officer)
        self.assertGreater(old.date, KNOWN)

    def test_steps_are_not_written_by_hand(self):
        breach = self._breach(**COMPLETE)
        for values in ({"state": "closed"}, {"authority_notified_at": KNOWN}, {"name": "X"}):
            with self.subTest(values), self.assertRaises(UserError):
                breach.write(values)
        with self.assertRaises(UserError):
            breach.with_context(privacy_breach_step=True).write({"state": "closed"})
        with self.assertRaises(UserError):
            self._breach(state="closed")

    def test_closed_file_is_opened_again_to_be_changed(self):
        with freeze_time(KNOWN):
            breach = self._breach(**COMPLETE)
            with self.assertRaisesRegex(UserError, "notify the authority first"):
                breach.action_close()
            breach.action_notified()
            breach.action_close()
        with self.assertRaisesRegex(UserError, "closed"):
            breach.facts = "Something else"
        breach.action_reopen()
        breach.facts = "Something else"
        self.assertEqual(breach.state, "notified")
        self.assertIn("reopened", self.kinds(breach))

    def test_numbers_are_given_in_order(self):
        first, second = self._breach(), self._breach()
        self.assertLess(first.name, second.name)
        with self.assertRaises(UserError):
            first.copy()

    def test_dates_in_order(self):
        future = fields.Datetime.now() + timedelta(hours=1)
        for values in (
            {"aware_at": future},
            {"occurred_at": KNOWN + timedelta(hours=1)},
            {"occurred_at": KNOWN, "occurred_until": KNOWN - timedelta(hours=1)},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self._breach(**values)

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        breach = self.env["crm.privacy.breach"].create(
            {"title": "Theirs", "aware_at": KNOWN, "company_id": other.id}
        )
        self.assertNotIn(breach, self.breaches.search([("title", "=", "Theirs")]))
        for user in (self.manager, self.salesman, self.employee):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.breaches.with_user(user).search([])

    def test_form(self):
        with Form(self.breaches) as form:
            form.title = "List sent to the wrong address"
            form.risk = "none"
            form.risk_note = "The reader deleted it."
        self.assertEqual(form.record.clock, "off")

    # -- persons ----------------------------------------------------------------------

    def test_persons_are_counted_before_they_are_told(self):
        notice = self._notice(self._breach(**{**COMPLETE, "risk": "high"}))
        counts = (notice.email_count, notice.letter_count, notice.known_count)
        self.assertEqual(counts, (2, 1, 0))
        self.assertIn("A laptop was stolen", notice.body)

    def test_persons_are_told_once_through_the_mail_queue(self):
        breach = self._breach(**{**COMPLETE, "risk": "high"})
        notice = self._notice(breach)
        notice.action_send()
        rows = breach.recipient_ids
        self.assertEqual(rows.partner_id, self.people)
        mails = rows.sudo().mail_id
        self.assertEqual(mails.recipient_ids, self.people.filtered("email"))
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        self.assertFalse(breach._persons_told())
        again = self._notice(breach)
        self.assertEqual((again.email_count, again.known_count), (0, 3))
        with self.assertRaisesRegex(UserError, "Nobody is left"):
            again.action_send()
        self.assertIn("persons", self.kinds(breach))

    def test_queue_tells_whether_messages_went_out(self):
        breach = self._breach(**{**COMPLETE, "risk": "high"})
        self._notice(breach).action_send()
        mails = breach.recipient_ids.sudo().mail_id
        mails[0]._postprocess_sent_message(self.people[0], [])
        mails[1]._postprocess_sent_message([], [], "No such user", "mail_smtp")
        breach.invalidate_recordset()
        counts = (breach.told_count, breach.untold_count, breach.letter_count)
        self.assertEqual(counts, (1, 1, 1))
        self.assertIn("No such user", breach.recipient_ids.mapped("reason"))
        letters = breach.recipient_ids.filtered(lambda row: row.channel == "letter")
        letters.action_posted()
        self.assertTrue(breach._persons_told())

    def test_sent_message_stays(self):
        notice = self._notice(self._breach(**{**COMPLETE, "risk": "high"}))
        notice.action_send()
        with self.assertRaises(UserError):
            notice.body = "Nothing happened."
        with self.assertRaises(UserError):
            notice.unlink()
        with self.assertRaises(AccessError):
            notice.recipient_ids.write({"state": "sent"})

    def test_bad_filter_is_refused(self):
        notice = self._notice(self._breach(**COMPLETE))
        for domain in ("[(", "[('gone', '=', 1)]"):
            notice.domain = domain
            with self.subTest(domain), self.assertRaises(UserError):
                notice.action_send()

    def test_high_risk_is_not_closed_before_persons_are_told(self):
        with freeze_time(KNOWN):
            breach = self._breach(**{**COMPLETE, "risk": "high"})
            breach.action_notified()
        with self.assertRaisesRegex(UserError, "tell the persons"):
            breach.action_close()
        with self.assertRaises(ValidationError):
            breach.exemption = "protected"
        breach.write({"exemption": "protected", "exemption_note": "Keys were not stolen."})
        breach.action_close()

    def test_as_many_queries_for_many_persons(self):
        breach = self._breach(**{**COMPLETE, "risk": "high"})
        self._notice(breach)._add_recipients()
        self.env["res.partner"].create(
            [{"name": f"P{n}", "city": self.town, "email": f"p{n}@b.example"} for n in range(50)]
        )
        notice = self._notice(breach)
        self.env.flush_all()
        with self.assertQueryCount(6):
            self.assertEqual(notice._add_recipients(), 50)

    def test_documents(self):
        breach = self._breach(**{**COMPLETE, "risk": "high"})
        self._notice(breach).action_send()
        report = self.env["ir.actions.report"].with_user(self.officer)
        html, _kind = report._render_qweb_html("crm_lifecycle.report_breach", breach.ids)
        for words in ("Initial notification", "A laptop was stolen", "Nature of the breach"):
            self.assertIn(words, html.decode())
        letters = breach.recipient_ids.filtered(lambda row: row.channel == "letter")
        html, _kind = report._render_qweb_html("crm_lifecycle.report_breach_letter", letters.ids)
        self.assertIn("1 Road", html.decode())
