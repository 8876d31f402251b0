from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from . import timetable
from .crm_nurture_step import MESSAGES
from .crm_nurture_step_do import DONE, Result

#: So much later than in UTC it may be the same hour.
ZONE_HOURS = 12

WEEKDAYS = [
    ("any", "Any day"),
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class CrmNurtureStep(models.Model):
    """Waits, and the hours in which messages may leave.

    What can be waited for?
        A time, from minutes to months; a date of the person, some days before or after it; a
        weekday and an hour. Days, dates and hours are those of the person.
    What if the date is past, or not known?
        It goes on at once. If it is moved while somebody waits, the new one counts.
    When may messages leave?
        Within the working hours that the sequence says, holidays excepted, in the person's zone.
    """

    _inherit = "crm.nurture.step"

    wait_mode = fields.Selection(
        [
            ("time", "For some time"),
            ("date", "Until a date of the person"),
            ("weekday", "Until a day and an hour"),
        ],
        "Wait",
        default="time",
    )
    wait_number = fields.Integer("Wait for", default=1)
    wait_unit = fields.Selection(
        [
            ("minutes", "Minutes"),
            ("hours", "Hours"),
            ("days", "Days"),
            ("weeks", "Weeks"),
            ("months", "Months"),
        ],
        default="days",
    )
    wait_field = fields.Char("Date of the Person")
    wait_days = fields.Integer("Days after It", help="Negative: so many days before.")
    wait_weekday = fields.Selection(WEEKDAYS, "Day", default="any")
    wait_hour = fields.Float("Hour", default=9)

    @api.constrains("wait_number", "wait_hour")
    def _check_wait(self):
        for step in self:
            if step.wait_number < 0 or not 0 <= step.wait_hour < 24:
                raise ValidationError(
                    self.env._("A wait cannot be negative, and an hour is between 0:00 and 23:59.")
                )

    def _missing(self):
        """Say whether the date to wait for is one."""
        if self.kind == "wait" and self.wait_mode == "date":
            field = self.env[self.model]._fields.get(self.wait_field or "")
            if field is None or field.type not in ("date", "datetime"):
                return self.env._("choose the date to wait for.")
        return super()._missing()

    def _due_at(self, enrollments, now):
        """Give when those who come to the step now are due."""
        if self.kind == "wait":
            return getattr(self, f"_until_{self.wait_mode}")(enrollments, now)
        return super()._due_at(enrollments, now) | self._closed_until(enrollments, now)

    def _until_time(self, enrollments, now):
        return self._per_zone(
            enrollments,
            lambda zone: timetable.after(now, self.wait_number, self.wait_unit, zone),
        )

    def _until_weekday(self, enrollments, now):
        weekday = None if self.wait_weekday == "any" else int(self.wait_weekday)
        return self._per_zone(
            enrollments, lambda zone: timetable.on_weekday(now, weekday, self.wait_hour, zone)
        )

    def _until_date(self, enrollments, now):
        zones = enrollments._time_zones()
        records = enrollments._records()
        records.fetch([self.wait_field])
        return {
            key: max(now, self._moment_of(record, zones[key]) or now)
            for key, record in zip(enrollments.ids, records, strict=True)
        }

    def _moment_of(self, record, zone):
        """Give the moment of the date of a person; None without a date."""
        value = record[self.wait_field]
        if not value:
            return None
        if record._fields[self.wait_field].type == "datetime":
            return timetable.after(value, self.wait_days, "days", zone)
        return timetable.at_hour(fields.Date.add(value, days=self.wait_days), self.wait_hour, zone)

    def _closed_until(self, enrollments, now=None):
        """Give whom the sending hours keep from a message: the next hour that is open."""
        calendar = self.sequence_id.sudo().calendar_id
        if self.kind not in MESSAGES or not calendar or not enrollments:
            return super()._closed_until(enrollments, now)
        now = now or fields.Datetime.now()
        hours = self.sequence_id._sending_hours()
        opens = self._per_zone(enrollments, lambda zone: timetable.next_open(now, hours, zone))
        return {key: moment for key, moment in opens.items() if moment > now}

    def _per_zone(self, enrollments, moment_of):
        """Give a moment that depends on the time zone alone: dict of enrollment id -> moment."""
        zones = enrollments._time_zones()
        moments = {zone: moment_of(zone) for zone in set(zones.values())}
        return {key: moments[zone] for key, zone in zones.items()}

    def _woken(self, now):
        """Give the condition of who waits longer than the date says, in any time zone.

        It was moved, or taken away, while they waited; the engine finds out the exact moment.
        """
        field = self.env[self.model]._fields.get(self.wait_field or "")
        if field is None or field.column_type is None or field.company_dependent:
            return None
        hours = 0 if field.type == "datetime" else self.wait_hour
        return SQL(
            "e.step_id = %(step)s AND e.state = 'waiting' AND e.due_at > %(now)s AND EXISTS ("
            "SELECT FROM %(table)s who WHERE who.id = e.%(subject)s AND (who.%(date)s IS NULL"
            " OR e.due_at > who.%(date)s + make_interval(days => %(days)s)"
            " + make_interval(mins => %(minutes)s)))",
            step=self.id,
            now=now,
            table=SQL.identifier(self.env[self.model]._table),
            subject=SQL.identifier(self.sequence_id._subject()),
            date=SQL.identifier(self.wait_field),
            days=self.wait_days,
            minutes=round((hours + ZONE_HOURS) * 60),
        )

    def _do_wait(self, enrollments):
        """Let them go on; who waits for a date that was put off meanwhile waits on."""
        if self.wait_mode != "date":
            return self._all(enrollments)
        now = fields.Datetime.now()
        moments = self._until_date(enrollments, now)
        return {
            key: Result("done", until=moment) if moment > now else DONE
            for key, moment in moments.items()
        }
