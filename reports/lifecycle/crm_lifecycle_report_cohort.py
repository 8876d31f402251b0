from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from . import figures


class CrmLifecycleReport(models.Model):
    """The cohorts: who came in the same month, and how many of them have bought since.

    When does a month begin?
        Where the reader lives: in the time zone of the user.
    What does "after 3 months" mean?
        At the end of the third calendar month after the month of the entry, whatever the day
        of the entry was. The counts add up: who bought after one month is in all that follow.
    And months that are not over?
        They are empty: a share of an unfinished month would look like a fall.
    """

    _inherit = "crm.lifecycle.report"

    @api.model
    @api.readonly
    def get_cohorts(self, domain, kind):
        """Give the cohort table for the rows that the user may see.

        :param list domain: which rows of this model
        :param str kind: which entry begins the cohort: suspect, lead or prospect
        :return: see `_cohorts`
        """
        if kind not in figures.WAY[:-1]:
            raise UserError(
                self.env._("Choose which people to follow: suspects, leads or prospects.")
            )
        return self._cohorts(domain, kind)

    @api.model
    def _cohorts(self, domain, kind):
        """Follow the people that entered a kind, month by month, until they buy.

        `months`: one dictionary per month in which somebody entered: `month`, its first day
        where the reader lives, `size`, `domain` (its rows) and `cells`, see
        `figures.cumulate`; `total`: the `size` of all and their `cells`, each over the months
        that are old enough for it, with the `domain` of these.
        """
        today = fields.Datetime.now().astimezone(self.env.tz).date()
        cohorts = {}
        for month, months, count in self._cohort_counts(Domain(domain) & Domain("kind", "=", kind)):
            cohorts.setdefault(month, {})[months] = count
        rows = [
            self._cohort_row(kind, month, counts, figures.months_over(month, today))
            for month, counts in sorted(cohorts.items())
        ]
        return {"months": rows, "total": self._cohort_total(kind, rows, today)}

    def _cohort_counts(self, domain):
        """Count the rows of a domain by month of entry and months until the purchase."""
        query = self._search(domain)
        if query.is_empty():
            return []
        month = SQL(
            "DATE_TRUNC('month', %s)::date",
            self._local(self._field_to_sql(self._table, "date", query)),
        )
        months = self._field_to_sql(self._table, "customer_months", query)
        return self.env.execute_query(
            SQL(
                """
                SELECT month, months, COUNT(*)
                  FROM (%s) entry(month, months)
                 GROUP BY month, months
                """,
                query.select(month, months),
            )
        )

    def _cohort_row(self, kind, month, counts, over):
        size = sum(counts.values())
        bounds = Domain("date", ">=", self._utc(month)) & Domain(
            "date", "<", self._utc(fields.Date.add(month, months=1))
        )
        return {
            "month": month,
            "size": size,
            "domain": list(Domain("kind", "=", kind) & bounds),
            "cells": figures.cumulate(size, counts, over),
        }

    def _cohort_total(self, kind, rows, today):
        return {
            "size": sum(row["size"] for row in rows),
            "domain": list(Domain("kind", "=", kind)),
            "cells": [
                cell and cell | {"domain": list(self._cohort_old_enough(kind, months, today))}
                for months, cell in enumerate(figures.total(rows), 1)
            ],
        }

    def _cohort_old_enough(self, kind, months, today):
        """Give the domain of the cohorts for which a number of months is over."""
        bound = fields.Date.subtract(today.replace(day=1), months=months)
        return Domain("kind", "=", kind) & Domain("date", "<", self._utc(bound))

    def _utc(self, day):
        """Give the moment, in UTC, at which a day begins where the reader lives."""
        start = self.env.tz.localize(datetime.combine(day, time.min))
        return start.astimezone(pytz.utc).replace(tzinfo=None)
