from odoo import api, fields, models
from odoo.tools import SQL

#: What the last contact was about: the subject of the mailing, or the campaign.
TITLE = """(
    CASE WHEN %(touch)s.res_model IS NULL
         THEN (SELECT u.name FROM utm_campaign u WHERE u.id = %(touch)s.campaign_id)
         WHEN %(touch)s.res_model IN ('mailing.trace', 'link.tracker.click')
         THEN (SELECT m.subject
                 FROM mailing_trace trace
                 JOIN mailing_mailing m ON m.id = trace.mass_mailing_id
                WHERE trace.id = CASE %(touch)s.res_model
                      WHEN 'mailing.trace' THEN %(touch)s.res_id
                      ELSE (SELECT k.mailing_trace_id FROM link_tracker_click k
                             WHERE k.id = %(touch)s.res_id) END)
     END)
"""


class CrmLifecycleMixin(models.AbstractModel):
    """The last contact with a person in the line under the title of a form."""

    _inherit = "crm.lifecycle.mixin"

    @api.model
    def _summary_columns(self, query):
        touches = self._join_touches(self._table, query)
        touch = query.left_join(touches, "last_touch_id", "crm_touchpoint", "id", "last")
        channel = query.left_join(touch, "channel_id", "crm_touchpoint_channel", "id", "channel")
        for model in ("crm.touchpoint", "crm.touchpoint.summary", "crm.touchpoint.channel"):
            self.env[model].flush_model()
        return {
            **super()._summary_columns(query),
            "touch_event": SQL.identifier(touch, "event"),
            "touch_date": SQL.identifier(touch, "date"),
            "touch_answered": SQL.identifier(touches, "last_inbound_date"),
            "touch_channel": SQL.identifier(channel, "name"),
            "touch_icon": SQL.identifier(channel, "icon"),
            "touch_title": SQL(TITLE, touch=SQL.identifier(touch)),
        }

    def _summary_parts(self, row):
        parts = super()._summary_parts(row)
        if row["touch_event"]:
            parts["touch"] = self._summary_touch(row)
        return parts

    def _summary_touch(self, row):
        """Say in words' pieces when and how the person was last in contact."""
        field = self.env["crm.touchpoint"]._fields["event"]
        channel, lang = row["touch_channel"], self.env.lang or "en_US"
        return {
            "event": dict(field._description_selection(self.env))[row["touch_event"]],
            "date": fields.Datetime.to_string(row["touch_date"]),
            "answered": fields.Datetime.to_string(row["touch_answered"]),
            "channel": channel.get(lang) or channel.get("en_US"),
            "icon": row["touch_icon"],
            "title": row["touch_title"],
        }
