from odoo import api, fields, models
from odoo.tools import SQL

#: What the line of the form says of the last touch: one query for many records.
LAST_CONTACTS = """
    SELECT s.%(subject)s, t.event, t.direction, t.date, s.last_inbound_date AS answered,
           c.name AS channel, c.icon,
           COALESCE(m.subject, CASE WHEN t.res_model IS NULL THEN u.name END) AS title
      FROM crm_touchpoint_summary s
      JOIN crm_touchpoint t ON t.id = s.last_touch_id
      JOIN crm_touchpoint_channel c ON c.id = t.channel_id
      LEFT JOIN link_tracker_click k
        ON t.res_model = 'link.tracker.click' AND k.id = t.res_id
      LEFT JOIN mailing_trace trace
        ON trace.id = CASE t.res_model WHEN 'mailing.trace' THEN t.res_id
                                       ELSE k.mailing_trace_id END
      LEFT JOIN mailing_mailing m ON m.id = trace.mass_mailing_id
      LEFT JOIN utm_campaign u ON u.id = t.campaign_id
     WHERE s.%(subject)s IN %(ids)s
"""


class CrmTouchpoint(models.Model):
    """What a form shows of the last contact."""

    _inherit = "crm.touchpoint"

    @api.model
    def _last_contacts(self, subject, ids):
        """Give what there is to say of the last contact with each record, by id."""
        if not ids:
            return {}
        rows = self.env.execute_query_dict(
            SQL(LAST_CONTACTS, subject=SQL.identifier(subject), ids=tuple(ids))
        )
        labels = dict(self._fields["event"]._description_selection(self.env))
        lang = self.env.lang or "en_US"
        return {
            row[subject]: {
                "event": labels[row["event"]],
                "direction": row["direction"],
                "date": fields.Datetime.to_string(row["date"]),
                "answered": fields.Datetime.to_string(row["answered"]),
                "channel": row["channel"].get(lang) or row["channel"].get("en_US"),
                "icon": row["icon"],
                "title": row["title"],
            }
            for row in rows
        }

    def _timeline_items(self):
        """Give what the timeline shows of each contact."""
        labels = dict(self._fields["event"]._description_selection(self.env))
        titles = self._titles()
        return [
            {
                "id": touchpoint.id,
                "date": fields.Datetime.to_string(touchpoint.date),
                "channel_id": touchpoint.channel_id.id,
                "channel": touchpoint.channel_id.name,
                "icon": touchpoint.channel_id.icon,
                "event": labels[touchpoint.event],
                "direction": touchpoint.direction,
                "is_bot": touchpoint.is_bot,
                "is_day": touchpoint.source_id.sudo()._gives_days(),
                "title": titles.get(touchpoint)
                or touchpoint.campaign_id.sudo().name
                or touchpoint.user_id.sudo().name
                or "",
                "can_open": bool(touchpoint.res_id),
            }
            for touchpoint in self
        ]
