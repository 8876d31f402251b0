from odoo import fields, models


class CrmTouchpoint(models.Model):
    """What the timeline shows of the contacts with a person."""

    _inherit = "crm.touchpoint"

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
                or touchpoint._logged_words(),
                # whoever may not see the document is not led to it
                "can_open": touchpoint in titles,
            }
            for touchpoint in self
        ]

    def _logged_words(self):
        """Say who logged a contact by hand."""
        name = self.user_id.sudo().name
        return self.env._("logged by %(user)s", user=name) if name else ""
