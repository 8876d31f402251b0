import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from odoo.tests import BaseCase, tagged

from ...models.nurture import holdout, timetable

WEEK = {day: [(9, 12), (13.5, 17.5)] for day in range(5)}
OFFICE = timetable.Hours((WEEK, WEEK), ((datetime(2026, 12, 25), datetime(2026, 12, 26)),))


@tagged("post_install", "-at_install")
class TestTimetable(BaseCase):
    """The calendar of the steps: all zones, daylight saving, ends of months, holidays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zones = sorted(zone for zone in available_timezones() if zone != "localtime")
        cls.random = random.Random(1)

    def moments(self, count):
        """Give moments of two years, among them those around the changes of the clock."""
        start = datetime(2025, 12, 1)
        return [start + timedelta(minutes=self.random.randrange(1_000_000)) for _ in range(count)]

    def test_days_keep_the_time_of_day_in_all_zones(self):
        for zone in self.zones:
            for moment in self.moments(6):
                later = timetable.after(moment, 40, "days", zone)
                before, after = (timetable.localized(one, zone) for one in (moment, later))
                self.assertEqual((after.date() - before.date()).days, 40, zone)
                there = after.replace(tzinfo=None) == before.replace(tzinfo=None) + timedelta(40)
                self.assertTrue(there or skipped(after, zone), (zone, moment))

    def test_hours_are_durations_in_all_zones(self):
        for zone in self.zones:
            for moment in self.moments(3):
                self.assertEqual(
                    timetable.after(moment, 30, "hours", zone), moment + timedelta(hours=30)
                )

    def test_months_end_on_their_last_day(self):
        self.assertEqual(
            timetable.after(datetime(2026, 8, 31, 7), 6, "months", "Europe/Paris"),
            datetime(2027, 2, 28, 8),
        )
        self.assertEqual(timetable.after(datetime(2028, 1, 31), 1, "months"), datetime(2028, 2, 29))

    def test_weekday_and_hour_in_all_zones(self):
        for zone in self.zones:
            for moment in self.moments(4):
                found = timetable.on_weekday(moment, 0, 9.5, zone)
                local = timetable.localized(found, zone)
                self.assertEqual((local.weekday(), local.hour, local.minute), (0, 9, 30), zone)
                self.assertTrue(moment <= found <= moment + timedelta(days=8), zone)

    def test_sending_hours_in_all_zones(self):
        for zone in self.zones:
            for moment in self.moments(6):
                opens = timetable.next_open(moment, OFFICE, zone)
                self.assertGreaterEqual(opens, moment, (zone, moment))
                self.assertTrue(is_open(opens, zone), (zone, moment, opens))
                self.assertEqual(timetable.next_open(opens, OFFICE, zone), opens)
                if is_open(moment, zone):
                    self.assertEqual(opens, moment)

    def test_nothing_is_skipped(self):
        for zone in ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"):
            for moment in self.moments(10):
                opens = timetable.next_open(moment, OFFICE, zone)
                step = moment
                while step < opens:
                    self.assertFalse(is_open(step, zone), (zone, moment, step))
                    step += timedelta(minutes=5)

    def test_holidays_and_two_weeks(self):
        even, odd = {0: [(9, 10)]}, {2: [(9, 10)]}
        hours = timetable.Hours((even, odd))
        found = [timetable.next_open(datetime(2026, 6, day), hours) for day in (1, 8)]
        self.assertEqual({moment.weekday() for moment in found}, {0, 2})
        christmas = timetable.next_open(datetime(2026, 12, 24, 17), OFFICE, "Europe/Paris")
        self.assertEqual(christmas, datetime(2026, 12, 28, 8))
        never = timetable.Hours(({}, {}))
        self.assertEqual(timetable.next_open(christmas, never), christmas)

    def test_unknown_zone(self):
        self.assertEqual(
            timetable.after(datetime(2026, 1, 1), 1, "days", "Mars/Base"), datetime(2026, 1, 2)
        )

    def test_holdout_share(self):
        held = sum(holdout.is_held_out(3, number, 20) for number in range(20_000))
        self.assertAlmostEqual(held / 20_000, 0.2, delta=0.015)


def is_open(moment, zone):
    """Tell whether the office is open, in the plainest way."""
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    hour = local.hour + local.minute / 60
    return (
        local.weekday() < 5
        and (9 <= hour < 12 or 13.5 <= hour < 17.5)
        and (local.year, local.month, local.day) != (2026, 12, 25)
    )


def skipped(local, zone):
    """Tell whether the clock was changed within the day."""
    day = timedelta(days=1)
    there = local.replace(tzinfo=None)
    offsets = {(there + day * n).replace(tzinfo=ZoneInfo(zone)).utcoffset() for n in (-1, 0, 1)}
    return len(offsets) > 1
