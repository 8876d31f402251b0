from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from . import shares

#: How far back the matrix looks unless the reader chooses.
MONTHS_BACK = 3

#: The order from the best to the worst place: who never bought stands below who once did.
KINDS = ("cells", "lost", "prospect")


class CrmRfmPolicy(models.Model):
    """The transition matrix: where the customers of a day were on a later day.

    Where was a customer on a day?
        In the segment that its last move up to that day led to; before its first move where
        this one came from; without any move where it is now. Customers of now that bought
        later were prospects.
    Which prospects are counted?
        Contacts in the lifecycle that never bought and existed on the first day; they stayed
        prospects. So the row of the prospects says which share of them became customers.
    Which days?
        Those of the history: from the first refresh, with the months that it went through, to
        the last one.
    """

    _inherit = "crm.rfm.policy"

    @api.readonly
    def get_matrix(self, date_from=None, date_to=None):
        """Count the customers by their segments on two days.

        :param date_from: the first day; None: three months before the second
        :param date_to: the second day; None: the last one of the history
        :return: `state`: ready, no_policy or no_history; the days; `segments`, the best first;
            `rows`, one per segment of the first day, with its `cells`, see `_matrix_row`;
            `totals` of the second day, in the order of the segments
        """
        policy = self.exists() or self._default_for(self.env.company)
        if not policy:
            return {"state": "no_policy"}
        if self and policy != self:  # deleted while it was shown: its days may not be those of
            date_from = date_to = None  # the policy shown on contacts
        policy.ensure_one()
        policy.check_access("read")
        if not policy.history_date:
            return policy._matrix_head() | {"state": "no_history"}
        bounds = policy._matrix_days(date_from, date_to)
        return policy._matrix_head() | policy._matrix(*bounds)

    def _matrix_head(self):
        """Say what the matrix is about."""
        policies = self.search_fetch([("history_date", "!=", False)], ["name", "company_id"])
        return {
            "state": "ready",
            "policy": {"id": self.id, "name": self.name},
            "policies": [
                {"id": policy.id, "name": policy.name, "company": policy.company_id.name}
                for policy in policies | self
            ],
            "start": self.history_start,
            "end": self.history_date,
            "list_view_id": self._customer_list_id(),
        }

    def _matrix_days(self, date_from, date_to):
        """Give the two days, or say within which they must be."""
        second = fields.Date.to_date(date_to) or self.history_date
        first = fields.Date.to_date(date_from) or max(
            self.history_start, second - relativedelta(months=MONTHS_BACK)
        )
        if not self.history_start <= first <= second <= self.history_date:
            raise UserError(
                self.env._(
                    "The history of “%(policy)s” goes from %(start)s to %(end)s: choose two days"
                    " within it, the earlier one first.",
                    policy=self.name,
                    start=format_date(self.env, self.history_start),
                    end=format_date(self.env, self.history_date),
                )
            )
        return first, second

    def _matrix(self, first, second):
        """Give the matrix between two days of the history."""
        counts = self._matrix_counts(first, second)
        used = {segment_id for pair in counts for segment_id in pair}
        segments = self._ranked_segments().filtered(lambda segment: segment.id in used)
        return {
            "date_from": first,
            "date_to": second,
            "segments": [self._segment_badge(segment) for segment in segments],
            "rows": [self._matrix_row(segment, segments, counts) for segment in segments],
            "totals": [
                sum(counts.get((origin.id, segment.id), 0) for origin in segments)
                for segment in segments
            ],
        }

    @api.model
    def _ranked_segments(self):
        """Give the segments, the best first."""
        segments = self.env["crm.rfm.segment"].search([("id", "!=", 0)])
        return segments.sorted(lambda segment: KINDS.index(segment.kind))

    @api.model
    def _matrix_row(self, origin, segments, counts):
        """Give where the customers of a segment went: count, share in percent and direction."""
        found = [counts.get((origin.id, segment.id), 0) for segment in segments]
        place = segments.ids.index(origin.id)
        return {
            "segment_id": origin.id,
            "count": sum(found),
            "cells": [
                {
                    "segment_id": segment.id,
                    "count": count,
                    "share": share,
                    "direction": ("same", "worse", "better")[(at > place) - (at < place)],
                }
                for at, (segment, count, share) in enumerate(
                    zip(segments, found, shares.percentages(found), strict=True)
                )
            ],
        }

    def _matrix_counts(self, first, second):
        """Count the customers by their segments on the two days: {(id, id): count}."""
        rows = self.env.execute_query(
            SQL(
                "SELECT first_id, second_id, COUNT(*) FROM (%s) place GROUP BY 1, 2",
                self._places(first, second),
            )
        )
        return {(first_id, second_id): count for first_id, second_id, count in rows}

    def _changed_partners(self, first_ids, second_ids, first, second):
        """Give the contacts that were in these segments on the two days, as a subselect.

        :param first_ids: those of the first day; None: any
        :param second_ids: those of the second day; None: any
        """
        conditions = [
            SQL("%s IN %s", SQL.identifier(name), tuple(ids) or (0,))
            for name, ids in (("first_id", first_ids), ("second_id", second_ids))
            if ids is not None
        ]
        return SQL(
            "(SELECT partner_id FROM (%s) place WHERE %s)",
            self._places(first, second),
            SQL(" AND ").join(conditions) if conditions else SQL("TRUE"),
        )

    # ------------------------------------------------------------
    # Where everybody was
    # ------------------------------------------------------------

    def _places(self, first, second):
        """Give the segments of each contact on the two days, for those that the reader may see.

        Columns: `partner_id`, `first_id`, `second_id`. The moves are read once: of arrays, the
        highest and the lowest are those of the latest and the earliest day.
        """
        return SQL(
            """
            SELECT COALESCE(past.partner_id, score.partner_id) AS partner_id,
                   COALESCE(past.to_1, past.from_1, score.segment_id) AS first_id,
                   COALESCE(past.to_2, past.from_2, score.segment_id) AS second_id
              FROM (%(past)s) past
              FULL JOIN (%(scores)s) score ON score.partner_id = past.partner_id
             UNION ALL
            %(prospects)s
            """,
            past=self._past_places(first, second),
            scores=self._readable("crm.rfm.score", "partner_id", "segment_id"),
            prospects=self._faithful_prospects(first),
        )

    def _past_places(self, first, second):
        """Give what the moves say about the two days."""
        return SQL(
            """
            SELECT partner_id,
                   (MAX(arrival) FILTER (WHERE date <= %(first)s))[3] AS to_1,
                   (MIN(departure) FILTER (WHERE date > %(first)s))[3] AS from_1,
                   (MAX(arrival) FILTER (WHERE date <= %(second)s))[3] AS to_2,
                   (MIN(departure) FILTER (WHERE date > %(second)s))[3] AS from_2
              FROM (SELECT partner_id, date,
                           ARRAY[date - DATE '2000-01-01', id, to_segment_id] AS arrival,
                           ARRAY[date - DATE '2000-01-01', id, from_segment_id] AS departure
                      FROM (%(moves)s) move) move
             GROUP BY partner_id
            """,
            first=first,
            second=second,
            moves=self._readable(
                "crm.rfm.move", "id", "partner_id", "date", "from_segment_id", "to_segment_id"
            ),
        )

    def _readable(self, model_name, *columns):
        """Give the rows of this policy that the reader may see, as SQL."""
        model = self.env[model_name]
        query = model._search([("policy_id", "=", self.id)])
        return query.select(
            *(
                SQL(
                    "%s AS %s",
                    model._field_to_sql(model._table, name, query),
                    SQL.identifier(name),
                )
                for name in columns
            )
        )

    def _faithful_prospects(self, first):
        """Give those that could have bought since the first day and never did."""
        partners = self.env["res.partner"]
        query = partners.with_context(active_test=True)._search(
            self._prospect_domain() & partners._created_by(first)
        )
        query.add_where(
            SQL(
                "NOT EXISTS (SELECT FROM crm_rfm_move"
                " WHERE crm_rfm_move.partner_id = %s AND crm_rfm_move.policy_id = %s)",
                SQL.identifier(partners._table, "id"),
                self.id,
            )
        )
        prospect = self.env["crm.rfm.segment"]._id_of_kind("prospect")
        return query.select(
            SQL.identifier(partners._table, "id"), SQL("%s", prospect), SQL("%s", prospect)
        )
