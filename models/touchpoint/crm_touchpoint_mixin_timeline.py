from odoo import api, models
from odoo.fields import Domain

PAGE, LONGEST_PAGE = 40, 200


class CrmTouchpointMixin(models.AbstractModel):
    """The timeline of a contact or lead: a page of its contacts, the latest first."""

    _inherit = "crm.touchpoint.mixin"

    @api.readonly
    def get_touchpoint_timeline(self, channel_ids=None, bots=False, before=None, limit=PAGE):
        """Give one page of the contacts with a person.

        :param channel_ids: of these channels only
        :param bool bots: also what programs did
        :param before: the place where the last page ended, `next` of its answer
        :param int limit: how many at most; `LONGEST_PAGE` at the very most
        :return: ``items``, ``next`` (None after the last page) and, on the first page, the
            ``channels`` with their counts and how many ``bots`` there are
        """
        self.ensure_one()
        self.check_access("read")
        domain = self._touchpoint_domain()
        page = domain & Domain("is_bot", "in", [False, True] if bots else [False])
        if channel_ids:
            page &= Domain("channel_id", "in", channel_ids)
        if before:
            date, last_id = before
            page &= Domain("date", "<", date) | Domain("date", "=", date) & Domain(
                "id", "<", last_id
            )
        limit = max(1, min(limit, LONGEST_PAGE))
        touchpoints = self.env["crm.touchpoint"].search(page, limit=limit + 1)
        shown = touchpoints[:limit]
        answer = {"items": shown._timeline_items(), "next": None}
        if len(touchpoints) > len(shown):
            answer["next"] = [answer["items"][-1]["date"], shown[-1].id]
        if not before:
            answer |= self._touchpoint_counts(domain, bots)
        return answer

    def _touchpoint_domain(self):
        """Give the contacts with a person; the timeline of a lead has those of its contact too."""
        domain = Domain(self._lifecycle_subject, "=", self.id)
        partner = self.partner_id if self._name == "crm.lead" else None
        if partner:
            domain |= Domain("partner_id", "=", partner.id) & Domain("lead_id", "=", False)
        return domain

    def _touchpoint_counts(self, domain, bots):
        """Count the contacts by channel, and those of programs."""
        groups = self.env["crm.touchpoint"]._read_group(
            domain, ["channel_id", "is_bot"], ["__count"]
        )
        counts = {}
        for channel, is_bot, count in groups:
            if bots or not is_bot:
                counts[channel] = counts.get(channel, 0) + count
        return {
            "channels": [
                {"id": channel.id, "name": channel.name, "icon": channel.icon, "count": count}
                for channel, count in sorted(
                    counts.items(), key=lambda item: (item[0].sequence, item[0].id)
                )
            ],
            "bots": sum(count for _channel, is_bot, count in groups if is_bot),
        }
