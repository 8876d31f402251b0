from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain

from .cuts import DIMENSIONS


class CrmRfmPolicy(models.Model):
    """The RFM map: the 25 cells of recency and frequency with their customers and revenue.

    Who is counted?
        The customers whose rows the reader may see, archived contacts too: they have bought.
        Prospects (not the archived ones) and the lost have no cell; they stand beside the map,
        with the segments.
    Which revenue?
        The amount of the rows: net purchases in the window of the policy.
    What has changed since last month?
        Who came into a segment and who left it, by the moves of the month before the day of
        the figures. With a value tier it is not told: the moves do not know the tier of then.
    """

    _inherit = "crm.rfm.policy"

    @api.readonly
    def get_map(self, value_tier=None):
        """Give the map of a policy, or of the one shown on contacts.

        The latter when none is given, or when it was deleted while its map was open.

        :param str value_tier: only customers of this tier: high, medium or low
        :return: `state`: ready, no_policy, never (refreshed) or empty (no customer); and for
            the page: the policies, the cells, the segments, the words of the scores
        """
        policy = self.exists() or self._default_for(self.env.company)
        if not policy:
            return {"state": "no_policy"} | self._map_rights()
        policy.ensure_one()
        policy.check_access("read")
        return policy._map_head() | policy._map_figures(value_tier) | self._map_rights()

    def _map_rights(self):
        """Say what the reader may do on the page."""
        return {"can_edit": self.env.user.has_group("crm_lifecycle.group_lifecycle_manager")}

    def _map_head(self):
        """Say what the figures are about."""
        policies = self.search_fetch([("refresh_date", "!=", False)], ["name", "company_id"])
        return {
            "state": self._map_state(),
            "policy": {"id": self.id, "name": self.name, "is_stale": self.is_stale},
            "policies": [
                {"id": policy.id, "name": policy.name, "company": policy.company_id.name}
                for policy in policies | self
            ],
            "is_small": self.is_small,
            "customer_count": self.customer_count,
            "date": self.refresh_date,
            "currency_id": self.currency_id.id,
            "ranges": self.scale() or {dimension: {} for dimension in DIMENSIONS},
            "actions": self._target_actions(),
        }

    def _map_state(self):
        if not self.refresh_date:
            return "never"
        return "ready" if self.customer_count else "empty"

    def _map_figures(self, value_tier):
        """Count the customers by cell and by segment."""
        counts = self._map_counts(value_tier)
        return {
            "cells": self._map_cells({row[0]: row[2:] for row in counts if row[0]}),
            "segments": self._map_segments(counts, value_tier),
        }

    def _map_counts(self, value_tier):
        """Count the rows that the reader may see: (cell, segment, customers, revenue)."""
        domain = Domain("policy_id", "=", self.id)
        if value_tier:
            domain &= Domain("value_tier", "=", value_tier)
        return self.env["crm.rfm.score"]._read_group(
            domain, ["cell", "segment_id"], ["__count", "monetary:sum"]
        )

    @api.model
    def _map_cells(self, counts):
        """Give the 25 cells, also those without a customer."""
        cells = self.env["crm.rfm.cell"].search([("id", "!=", 0)])
        return [
            {
                "cell": cell.name,
                "recency": cell.recency,
                "frequency": cell.frequency,
                "segment_id": cell.segment_id.id,
                "count": count,
                "revenue": revenue,
            }
            for cell in cells
            for count, revenue in [counts.get(cell.name, (0, 0.0))]
        ]

    def _map_segments(self, counts, value_tier):
        """Give the segments with their figures; with a tier only those that have cells."""
        segments = self.env["crm.rfm.segment"].search([("id", "!=", 0)])
        if value_tier:
            segments = segments.filtered(lambda segment: segment.kind == "cells")
        entered, left = ({}, {}) if value_tier else self._map_moves()
        found = self._sums_by_segment(counts)
        total = sum(count for count, _revenue in found.values())
        return [
            {
                **self._segment_badge(segment),
                "kind": segment.kind,
                "advice": segment.advice or False,
                **self._map_segment_figures(segment, found.get(segment, (0, 0.0)), total),
                "entered": entered.get(segment, 0),
                "left": left.get(segment, 0),
                "change": entered.get(segment, 0) - left.get(segment, 0),
            }
            for segment in segments
        ]

    @api.model
    def _segment_badge(self, segment):
        """Give what shows a segment: its id, code, name and colour."""
        return {
            "id": segment.id,
            "code": segment.code,
            "name": segment.name,
            "color": segment.color,
        }

    @api.model
    def _sums_by_segment(self, counts):
        """Add up the counts of the cells of each segment."""
        found = {}
        for _cell, segment, count, revenue in counts:
            so_far = found.get(segment, (0, 0.0))
            found[segment] = (so_far[0] + count, so_far[1] + revenue)
        return found

    def _map_segment_figures(self, segment, figures, total):
        """Give count, revenue and share of all customers; prospects are none."""
        if segment.kind == "prospect":
            count = self.env["res.partner"].search_count(self._prospect_domain())
            return {"count": count, "revenue": None, "share": None}
        count, revenue = figures
        share = 100 * count / total if total else 0.0
        return {"count": count, "revenue": revenue, "share": share}

    def _prospect_domain(self):
        """Give the contacts that could buy and never did, by this policy."""
        return (
            Domain("lifecycle_stage_id", "!=", False)
            & (Domain("is_company", "=", True) | Domain("parent_id", "=", False))
            & Domain("rfm_score_ids", "not any", [("policy_id", "=", self.id)])
            & self.env["res.partner"]._profiling_domain()
        )

    def _map_moves(self):
        """Count who came into each segment and who left it in the month before the figures."""
        moves, domain = self.env["crm.rfm.move"], self._last_month_domain()
        return (
            dict(moves._read_group(domain, ["to_segment_id"], ["__count"])),
            dict(moves._read_group(domain, ["from_segment_id"], ["__count"])),
        )

    def _last_month_domain(self):
        """Give the moves of the month that ends on the day of the figures."""
        if not self.refresh_date:
            return Domain.FALSE
        return (
            Domain("policy_id", "=", self.id)
            & Domain("date", ">", self.refresh_date - relativedelta(months=1))
            & Domain("date", "<=", self.refresh_date)
        )

    def action_open_last_moves(self, segment_id):
        """Open the moves of the last month into a segment and out of it."""
        self.ensure_one()
        domain = self._last_month_domain() & (
            Domain("to_segment_id", "=", segment_id) | Domain("from_segment_id", "=", segment_id)
        )
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_lifecycle.crm_rfm_move_action")
        return action | {"domain": list(domain), "context": {}}
