from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests.common import BaseCase

from ....models.privacy.erasure import retention
from ....models.privacy.register import breach_clock, retention_period

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1))
DAYS = st.dates(date(2000, 1, 1), date(2060, 1, 1))
UTC, PARIS = ZoneInfo("UTC"), ZoneInfo("Europe/Paris")


class TestPlainFunctions(BaseCase):
    @given(MOMENTS)
    def test_72_hours_pass_on_every_clock_of_the_world(self, aware):
        local = aware.replace(tzinfo=UTC).astimezone(PARIS)
        end = breach_clock.deadline(aware).replace(tzinfo=UTC)
        self.assertEqual((end - local).total_seconds(), 72 * 3600)

    def test_local_clock_moves_at_the_change_of_time(self):
        # the hours that the clock on the wall shows: one more in spring, one less in autumn
        for month, day, shown in ((3, 27, 73), (10, 23, 71)):
            local = datetime(2026, month, day, 10, tzinfo=PARIS)
            aware = local.astimezone(UTC).replace(tzinfo=None)
            end = breach_clock.deadline(aware).replace(tzinfo=UTC).astimezone(PARIS)
            wall = end.replace(tzinfo=None) - local.replace(tzinfo=None)
            self.assertEqual(wall, timedelta(hours=shown))

    @given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=30)))
    def test_late_and_hours_left_agree(self, aware, later):
        at = aware + later
        left = breach_clock.hours_left(aware, at)
        self.assertEqual(breach_clock.is_late(aware, at), left < 0)
        self.assertLessEqual(left, breach_clock.HOURS)

    @given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=4)))
    def test_reminders_come_before_the_deadline_and_only_ahead(self, aware, later):
        after = aware + later
        moments = breach_clock.reminders(aware, after)
        self.assertTrue(all(after < moment <= breach_clock.deadline(aware) for moment in moments))
        self.assertEqual(moments, sorted(moments))

    @given(DAYS, st.integers(1, 240))
    def test_due_from_the_same_day_of_the_month(self, last, months):
        due = retention_period.due_on(last, months)
        self.assertTrue(retention_period.is_due(last, months, due))
        self.assertFalse(retention_period.is_due(last, months, due - timedelta(days=1)))

    @given(DAYS, st.integers(1, 12), st.integers(1, 31))
    def test_year_ends_within_a_year(self, day, month, last_day):
        end = retention.year_end(day, month, last_day)
        self.assertTrue(day <= end <= day + timedelta(days=366))
        self.assertEqual(end.month, month)
