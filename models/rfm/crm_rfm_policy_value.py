import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lifecycle import long_statement
from ..settings.notification import notification
from . import scipy_guard

_logger = logging.getLogger(__name__)

#: Between two estimates; in between only those are scored anew who bought.
DAYS_BETWEEN = 7

ROWS_AT_ONCE = 50_000


class CrmRfmPolicy(models.Model):
    """What the customers of a policy will buy in the next 12 months, estimated from its purchases.

    How?
        By two models fitted to all customers together, see `customer_value`: one for the
        purchases, one for their amounts. A purchase is a day with one; the amounts are net of
        credit notes, which count with the purchase before them.
    When?
        With the refresh, once a week, and by a button. The figures of everybody fade a little
        every day; writing them anew every night would be ten times the work of the refresh
        itself. In between those who have bought are scored with the fit that is kept.
    What if it cannot be estimated?
        Then `value_summary` says why, and the figures are empty: see `customer_value.estimate`.
    And without scipy?
        Nothing is estimated, and the fields are hidden; the settings say what to install.
    """

    _name = "crm.rfm.policy"
    _inherit = ["crm.rfm.policy", "crm.rfm.value.mixin"]

    _value_fields = frozenset(
        ("value_date", "value_state", "value_fit", "value_summary", "value_parameters")
    )

    value_date = fields.Date("Value Estimated on", readonly=True, copy=False)
    value_state = fields.Selection(
        [
            ("done", "Purchases and value"),
            ("purchases", "Purchases only"),
            ("refused", "Not possible"),
        ],
        "Customer Value",
        readonly=True,
        copy=False,
    )
    value_fit = fields.Json(readonly=True, copy=False)

    def write(self, vals):
        """Estimate anew when other purchases count."""
        result = super().write(vals)
        if {"product_categ_ids", "as_of", "company_id"} & set(vals):
            self.sudo().value_date = False  # nobody may write it where it is hidden
        return result

    def action_estimate_value(self):
        """Estimate now, and say how it went."""
        self.check_access("write")
        self.sudo()._estimate_value()
        return notification(
            "\n".join(self.mapped("value_summary")),
            "warning" if "refused" in self.mapped("value_state") else "success",
            title=self.env._("Customer value"),
        )

    def _refresh_with_past(self):
        """Estimate what the customers will be worth after their figures are up to date.

        The figures stay when the estimate fails.
        """
        result = super()._refresh_with_past()
        try:
            with self.env.cr.savepoint():
                self._update_value()
        except long_statement.CONCURRENCY:
            raise
        except Exception as error:  # noqa: BLE001 - whatever numpy and scipy raise
            _logger.warning("Customer value is left out: %s", error)
        return result

    def _update_value(self):
        """Bring the estimates up to date: once a week all of them, else those who bought."""
        if not scipy_guard.available():
            return
        for policy in self:
            if policy._is_value_due():
                policy._estimate_value()
            elif policy.value_state != "refused":
                policy._score_value(since=policy.value_date)

    def _is_value_due(self):
        next_date = self.value_date and self.value_date + timedelta(days=DAYS_BETWEEN)
        return not next_date or not self.value_date <= self._today() < next_date

    def _estimate_value(self):
        """Fit the models, and score all customers or empty their figures."""
        if not scipy_guard.available():
            return
        for policy in self:
            policy._lock()
            rows = policy._value_rows()
            fit = self._values().estimate(rows.customers)
            policy.write(
                {
                    "value_date": policy._today(),
                    "value_state": self._state_of(fit),
                    "value_fit": fit,
                }
            )
            if fit["problem"]:
                policy._empty_value()
            else:
                policy._write_value(rows)

    def _score_value(self, since):
        """Score those who bought since a day, and those without figures, with the fit kept."""
        self._lock()
        rows = self._value_rows(since)
        if len(rows.ids):
            self._write_value(rows)

    @api.model
    def _state_of(self, fit):
        if fit["problem"]:
            return "refused"
        return "done" if fit["amounts"] else "purchases"

    @api.model
    def _values(self):
        """Give the module of the models, loaded when it is needed: scipy is large."""
        try:
            from . import customer_value
        except ImportError as error:
            raise UserError(
                self.env._(
                    "The Python packages numpy and scipy are on the server, but do not work:"
                    " %(error)s. Ask the administrator to install them again.",
                    error=error,
                )
            ) from error
        return customer_value

    # ------------------------------------------------------------
    # From the database to arrays and back
    # ------------------------------------------------------------

    def _value_rows(self, since=None):
        """Read the purchases of the customers and the figures they have, as `customer_value.Rows`.

        :param date since: only those who bought after this day, or who have no figures
        """
        self.env.flush_all()
        self.env.cr.execute(self._value_query(since))
        chunks = iter(lambda: self.env.cr.fetchmany(ROWS_AT_ONCE), [])
        return self._values().rows(chunks)

    def _value_query(self, since):
        """Give one row per customer: purchases after the first one, times, amount, old figures.

        A full join has no bad plan. An inner one could be a loop in a loop, when the database
        does not know yet how many purchases a company has; `OFFSET 0` keeps it from being one.
        """
        return SQL(
            """
            SELECT id, repeats, last_days, age_days, repeat_amount,
                   p_active, expected_purchases::float8, expected_value::float8
              FROM (
                SELECT * FROM (%(customers)s) customer
                  FULL JOIN (SELECT * FROM crm_rfm_score WHERE policy_id = %(policy)s) score
                 USING (partner_id)
                OFFSET 0
              ) row
             WHERE id IS NOT NULL AND repeats IS NOT NULL %(changed)s
            """,
            customers=self._value_customers(),
            policy=self.id,
            changed=SQL("AND (last_date > %s OR expected_purchases IS NULL)", since)
            if since
            else SQL(),
        )

    def _value_customers(self):
        """Give the history of each customer.

        Purchases of one day are one. `place` counts the days with a purchase; a credit note has
        the place of the purchase before it.
        """
        day = self._today()
        return SQL(
            """
            SELECT partner_id,
                   max(place)::int - 1 AS repeats,
                   max(bought) - min(bought) AS last_days,
                   %(day)s - min(bought) AS age_days,
                   COALESCE(sum(amount) FILTER (WHERE place > 1), 0)::float8 AS repeat_amount
              FROM (
                SELECT *, count(bought) OVER (PARTITION BY partner_id ORDER BY day) AS place
                  FROM (
                    SELECT partner_id, day, sum(amount) AS amount, max(bought) AS bought
                      FROM (%(documents)s) document
                     GROUP BY partner_id, day
                  ) daily
              ) placed
             GROUP BY partner_id
            HAVING max(bought) IS NOT NULL
            """,
            day=day,
            documents=self._purchase_query(day),
        )

    def _write_value(self, rows):
        """Write the figures of the customers where they are other than before."""
        ids, *columns = self._values().changes(self.value_fit, rows)
        for start in range(0, len(ids), ROWS_AT_ONCE):
            batch = slice(start, start + ROWS_AT_ONCE)
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE crm_rfm_score score
                       SET p_active = NULLIF(new.p_active, 'NaN'),
                           expected_purchases = NULLIF(new.expected_purchases, 'NaN'),
                           expected_value = NULLIF(new.expected_value, 'NaN')
                      FROM unnest(%s::int[], %s::float8[], %s::float8[], %s::float8[])
                           AS new (id, p_active, expected_purchases, expected_value)
                     WHERE score.id = new.id
                    """,
                    ids[batch],
                    *(column[batch] for column in columns),
                )
            )
        self._forget_value(len(ids))

    def _empty_value(self):
        """Leave no figures that nobody stands for any more."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_rfm_score
                   SET p_active = NULL, expected_purchases = NULL, expected_value = NULL
                 WHERE policy_id = %s AND expected_purchases IS NOT NULL
                """,
                self.id,
            )
        )
        self._forget_value(self.env.cr.rowcount)

    def _forget_value(self, count):
        _logger.info("Customer value of policy %s: %s rows written", self.id, count)
        self.env["crm.rfm.score"].invalidate_model(
            ["p_active", "expected_purchases", "expected_value"]
        )
