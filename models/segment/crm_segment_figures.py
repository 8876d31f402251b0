import json
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from . import growth

TREND_DAYS = 30


class CrmSegment(models.Model):
    """How a segment grows: its change in 30 days, and its members at the end of each day."""

    _inherit = "crm.segment"

    trend = fields.Integer(
        "Change in 30 Days",
        compute="_compute_trend",
        compute_sudo=True,
        help="How many entered in the last 30 days, less how many left.",
    )
    trend_text = fields.Char("Trend", compute="_compute_trend", compute_sudo=True)
    growth_graph = fields.Text("Growth", compute="_compute_growth_graph", compute_sudo=True)
    checked_date = fields.Datetime(
        "Last Checked",
        compute="_compute_checked_date",
        help="When the members were compared with the filter for the last time.",
    )

    def _compute_trend(self):
        since = fields.Datetime.now() - timedelta(days=TREND_DAYS)
        changes = dict(self.env.execute_query(self._trend_query(since))) if self.ids else {}
        for segment in self:
            segment.trend = changes.get(segment.id, 0)
            segment.trend_text = segment._trend_words()

    def _trend_query(self, since):
        """Give the SQL of the change since a moment: one row for each segment with any."""
        return SQL(
            """
            SELECT segment_id, SUM(difference)::int FROM (
                SELECT segment_id, 1 AS difference FROM crm_segment_member
                 WHERE segment_id IN %(segments)s AND entered_at > %(since)s
                 UNION ALL
                SELECT segment_id, -1 FROM crm_segment_member
                 WHERE segment_id IN %(segments)s AND left_at > %(since)s
            ) changes GROUP BY segment_id
            """,
            segments=tuple(self.ids),
            since=since,
        )

    def _trend_words(self):
        """Say the change in words: the arrow is never alone."""
        percent = growth.change_in_percent(self.member_count, self.trend)
        words = {"count": abs(self.trend), "percent": abs(percent or 0)}
        if not self.trend:
            return self.env._("as many as 30 days ago")
        if percent is None:
            return self.env._("%(count)s new in 30 days", **words)
        if self.trend > 0:
            return self.env._("%(count)s more than 30 days ago (+%(percent)s %%)", **words)
        return self.env._("%(count)s fewer than 30 days ago (-%(percent)s %%)", **words)

    def _compute_growth_graph(self):
        today = fields.Date.context_today(self)
        changes = self._changes_by_day()
        for segment in self:
            days = growth.ticks(min(changes[segment.id], default=today), today)
            if len(days) < 2:
                segment.growth_graph = False  # a graph of one day says nothing
                continue
            counts = growth.levels(segment.member_count, changes[segment.id], days)
            values = [
                {"x": format_date(self.env, day), "y": count}
                for day, count in zip(days, counts, strict=True)
            ]
            graph = [{"values": values, "key": self.env._("Members"), "is_sample_data": False}]
            segment.growth_graph = json.dumps(graph)

    def _changes_by_day(self):
        """Read how many entered, less how many left, on each day of the shown past.

        :return: dict of segment id -> dict of day -> difference
        """
        changes = defaultdict(dict)
        if self.ids:
            for segment_id, day, difference in self.env.execute_query(self._changes_query()):
                changes[segment_id][day] = difference
        return changes

    def _changes_query(self):
        """Give the SQL of the changes by day, in the time zone of the user."""
        zone = self.env.tz.zone
        day = "((%s AT TIME ZONE 'UTC') AT TIME ZONE %s)::date"
        return SQL(
            """
            SELECT segment_id, day, SUM(difference)::int FROM (
                SELECT segment_id, %(entered)s AS day, 1 AS difference FROM crm_segment_member
                 WHERE segment_id IN %(segments)s
                 UNION ALL
                SELECT segment_id, %(left)s, -1 FROM crm_segment_member
                 WHERE segment_id IN %(segments)s AND left_at IS NOT NULL
            ) changes GROUP BY segment_id, day
            """,
            segments=tuple(self.ids),
            entered=SQL(day, SQL("entered_at"), zone),
            left=SQL(day, SQL("left_at"), zone),
        )

    @api.depends("refresh_date", "error")
    def _compute_checked_date(self):
        """Take the night's run: a run that finds no difference leaves no trace on the segment."""
        cron = self.env.ref("crm_lifecycle.ir_cron_segments", raise_if_not_found=False)
        night = cron.sudo().lastcall if cron else False
        for segment in self:
            dates = [segment.refresh_date, night if not segment.error else False]
            segment.checked_date = max(filter(None, dates), default=False)
