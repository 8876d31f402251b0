from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from . import timetable

#: The zone of each person, else that of who is in charge.
ZONES = {
    "crm.lead": """
        SELECT e.id, COALESCE(c.tz, u.tz)
          FROM (%s) e (id, person)
          JOIN crm_lead r ON r.id = e.person
          LEFT JOIN res_partner c ON c.id = r.partner_id
          LEFT JOIN res_users s ON s.id = r.user_id
          LEFT JOIN res_partner u ON u.id = s.partner_id
    """,
    "res.partner": """
        SELECT e.id, COALESCE(r.tz, u.tz)
          FROM (%s) e (id, person)
          JOIN res_partner r ON r.id = e.person
          LEFT JOIN res_users s ON s.id = r.user_id
          LEFT JOIN res_partner u ON u.id = s.partner_id
    """,
}


class CrmNurtureSequence(models.Model):
    """The hours in which messages leave: those of a working calendar of Odoo.

    Whose hours are they?
        Those of the person: 9:00 is nine o'clock where the person is. Holidays are the days that
        the calendar, or the company, has as days off for everybody.
    """

    _inherit = "crm.nurture.sequence"

    calendar_id = fields.Many2one(
        "resource.calendar",
        "Sending Hours",
        ondelete="restrict",
        help="Messages leave within these hours only. Without them: at any hour.",
    )

    def _zones(self, people):
        """Give the time zones of people, as far as they are known: dict of key -> name.

        :param SQL people: a query of pairs of a key and of the id of a lead or contact
        """
        self.env["res.partner"].flush_model(["tz", "user_id"])
        self.env["crm.lead"].flush_model(["partner_id", "user_id"])
        return dict(self.env.execute_query(SQL(ZONES[self.model], people)))

    def _usual_zone(self):
        """Give the time zone of those of whom none is known."""
        sequence = self.sudo()
        return sequence._sending_company().partner_id.tz or sequence.user_id.tz or "UTC"

    def _sending_hours(self):
        """Give the open hours as plain values."""
        calendar = self.sudo().calendar_id
        if calendar.flexible_hours:
            everyday = {day: [(0, 24)] for day in range(7)}
            return timetable.Hours((everyday, everyday), self._holidays())
        weeks = ({}, {})
        for line in calendar.attendance_ids.filtered(
            lambda line: not line.display_type and line.day_period != "lunch"
        ):
            span = (line.hour_from, line.hour_to)
            for number, week in enumerate(weeks):
                if line.week_type in (False, str(number)) or not calendar.two_weeks_calendar:
                    week.setdefault(int(line.dayofweek), []).append(span)
        return timetable.Hours(weeks, self._holidays())

    def _holidays(self):
        """Give the days off for everybody, as pairs of local times."""
        calendar = self.sudo().calendar_id
        leaves = calendar.env["resource.calendar.leaves"].search(
            [
                ("resource_id", "=", False),
                ("calendar_id", "in", (False, calendar.id)),
                ("company_id", "in", (False, self._sending_company().id)),
                ("date_to", ">", fields.Datetime.now()),
            ]
        )
        zone = calendar.tz or "UTC"
        return tuple(
            (
                timetable.localized(leave.date_from, zone).replace(tzinfo=None),
                timetable.localized(leave.date_to, zone).replace(tzinfo=None)
                + timedelta(seconds=1),
            )
            for leave in leaves
        )
