from odoo import api, models
from odoo.tools import SQL

from ...models.lifecycle import progress
from . import figures


class CrmLifecycleReport(models.Model):
    """The funnel: what the rows say about each kind.

    Which period does a share belong to?
        To that of the entry: of the people that entered a kind then, how many have gone
        further until today. So a share of last month still grows.
    Who counts in a share?
        Those that entered the kind, jumpers over the next one too; people that never were in
        a kind are not in its share. So the customers of a funnel may be more than those that
        its leads became.
    """

    _inherit = "crm.lifecycle.report"

    @api.model
    @api.readonly
    def get_funnel(self, domain):
        """Give the figures of the funnel for the rows that the user may see.

        :param list domain: which rows of this model
        :return: see `_funnel`
        """
        return self._funnel(domain)

    @api.model
    def _funnel(self, domain):
        """Give the figures of the funnel, one dictionary per kind, in the order of the kinds.

        `kind`, `name`; `entered`: people; `converted`, `rate`, `median_days`: those that went
        further, their share in percent and how long it took; `customers`, `customer_rate`,
        `customer_median_days`: those that bought after they entered; `former`, `former_rate`:
        customers that stopped. What does not apply to a kind, or has no value, is None.

        :param domain: which rows of this model
        """
        rows = {row["kind"]: row for row in self._funnel_rows(domain)}
        names = dict(self._fields["kind"]._description_selection(self.env))
        return [
            {"kind": kind, "name": names[kind]} | self._funnel_step(kind, rows.get(kind, {}))
            for kind in progress.KINDS
        ]

    def _funnel_rows(self, domain):
        """Count the rows of a domain by kind, in one query that the record rules apply to."""
        query = self._search(domain)
        if query.is_empty():
            return []
        columns = SQL(", ").join(
            self._field_to_sql(self._table, name, query)
            for name in (
                "kind",
                "converted_date",
                "days_to_convert",
                "customer_date",
                "days_to_customer",
                "former_date",
            )
        )
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT kind,
                       COUNT(*) AS entered,
                       COUNT(converted_date) AS converted,
                       COUNT(customer_date) AS customers,
                       COUNT(former_date) AS former,
                       PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY days_to_convert)
                           AS median_days,
                       PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY days_to_customer)
                           AS customer_median_days
                  FROM (%s) report
                 GROUP BY kind
                """,
                query.select(columns),
            )
        )

    @api.model
    def _funnel_step(self, kind, row):
        """Complete the counts of a kind with its rates; see `_funnel`."""
        entered = row.get("entered", 0)
        converts, buys, stops = kind in figures.WAY[:-1], kind != "customer", kind == "customer"
        converted = row.get("converted", 0) if converts else None
        customers = row.get("customers", 0) if buys else None
        former = row.get("former", 0) if stops else None
        return {
            "entered": entered,
            "converted": converted,
            "rate": figures.rate(converted, entered) if converts else None,
            "median_days": row.get("median_days"),
            "customers": customers,
            "customer_rate": figures.rate(customers, entered) if buys else None,
            "customer_median_days": row.get("customer_median_days"),
            "former": former,
            "former_rate": figures.rate(former, entered) if stops else None,
        }
