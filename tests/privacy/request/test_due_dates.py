from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ....models.privacy.request import due_dates

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@tagged("post_install", "-at_install")
class TestDueDates(BaseCase):
    """The month of the law, on any day of the calendar."""

    @given(DAYS)
    def test_a_month_is_the_same_day_or_the_last(self, received):
        due = due_dates.due_date(received)
        self.assertEqual((due.year * 12 + due.month) - (received.year * 12 + received.month), 1)
        last = (due + timedelta(days=1)).month != due.month
        self.assertTrue(due.day == received.day or (last and due.day < received.day))

    @given(DAYS)
    def test_the_extension_adds_two_months_to_the_receipt(self, received):
        due, extended = due_dates.due_date(received), due_dates.due_date(received, extended=True)
        self.assertEqual((extended.year * 12 + extended.month) - (due.year * 12 + due.month), 2)

    @given(DAYS, st.integers(-40, 120))
    def test_it_may_be_extended_until_the_last_day_and_once(self, received, days):
        today = received + timedelta(days=days)
        allowed = today <= due_dates.due_date(received)
        self.assertEqual(due_dates.may_extend(received, today), allowed)
        self.assertFalse(due_dates.may_extend(received, today, extended=True))

    @given(DAYS)
    def test_three_reminders_one_after_the_other(self, deadline):
        start = deadline - timedelta(days=20)
        days = [due_dates.reminder_day(deadline, start + timedelta(days=n)) for n in range(60)]
        seen = list(dict.fromkeys(day for day in days if day))
        self.assertEqual([(day - deadline).days for day in seen], [-10, -3, 1])

    @given(DAYS, st.integers(-40, 120))
    def test_urgency_follows_the_days_left(self, deadline, left):
        words = ("late", "urgent", "soon", "quiet")
        word = due_dates.urgency(deadline, deadline - timedelta(days=left))
        self.assertEqual(word, words[(left >= 0) + (left > 3) + (left > 10)])

    @given(DAYS, st.integers(0, 100), st.integers(-10, 200))
    def test_the_share_stays_between_0_and_100(self, received, length, days):
        deadline = received + timedelta(days=length)
        share = due_dates.elapsed_share(received, deadline, received + timedelta(days=days))
        self.assertTrue(0 <= share <= 100)
