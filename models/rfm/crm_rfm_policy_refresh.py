import logging
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lifecycle import long_statement
from . import cuts, purchases, refresh_sql
from .crm_rfm_policy import FEW_CUSTOMERS
from .purchases import SALES

_logger = logging.getLogger(__name__)


class CrmRfmPolicy(models.Model):
    """The refresh of a policy: one statement, which writes only what has changed.

    When?
        Every night, and by the button. Two refreshes of one policy never run at once.
    Which history does it write?
        A move for each customer whose segment is another one than at the refresh before. The
        first refresh has nothing to compare with; it goes through the month ends before, so
        that there is a history from the first day.
    And a day of the past?
        `_refresh(as_of=day)` gives the rows of that day, with the cuts that were valid then,
        and writes no history. The next refresh first goes back to where the history ends.
    """

    _inherit = "crm.rfm.policy"

    def _refresh(self, as_of=None, renew=False):
        """Bring the rows up to date, or to a day of the past.

        :param date as_of: the day; None: that of the policy, else today
        :param bool renew: take new cuts from the customers, where the policy keeps cuts
        :return: by policy id what was written: added, changed, removed, moved, customers
        :raise UserError: when the policy is being refreshed by somebody else
        """
        day = fields.Date.to_date(as_of)
        # the invoices are read and the rows written for everybody, whoever asks for it
        policies = self.sudo()
        return {p.id: p._refresh_to(day or p._today(), renew) for p in policies}

    def _refresh_to(self, day, renew):
        self._lock()
        if self._is_looking_back() and day >= self.history_date:
            self._run_refresh(self.history_date, None, False)
        return self._run_refresh(day, self._cause(day, renew), renew)

    def _is_looking_back(self):
        """Tell whether the rows are of a day before the end of the history."""
        return self.history_date and self.refresh_date != self.history_date

    def _cause(self, day, renew):
        """Give the cause of moves; None: no moves, as there is nothing to compare with."""
        if self.as_of or not self.history_date or day < self.history_date:
            return None
        return "policy" if self.is_stale or renew or not self._cuts_valid_on(day) else "customer"

    def _lock(self):
        """Be the only one that refreshes this policy until the end of the transaction."""
        self.env.flush_all()
        if not long_statement.runs_alone(self.env, self._table, self.id):
            raise UserError(
                self.env._(
                    "“%(policy)s” is being refreshed at this moment. Try again in a minute.",
                    policy=self.name,
                )
            )

    def _run_refresh(self, day, cause, renew):
        """Run the statement for a day and keep what it says."""
        valid = self._cuts_valid_on(day)
        if self._has_outgrown(valid, day):
            cause, renew = cause and "policy", True
        known = {} if renew and self.method == "frozen" else valid and valid._cut_values()
        long_statement.take_memory(self.env)
        (result,) = self.env.execute_query_dict(self._refresh_query(day, known, cause))
        found = {name: result.pop(name) for name in cuts.COLUMNS}
        if not known and result["active"]:
            self._keep_cuts(day, found, result["active"])
        self._note_refresh(day, result)
        return result

    def _has_outgrown(self, cut, day):
        """Tell whether cuts say nothing any more: taken from a handful, now there are many."""
        if self.method != "frozen" or self.renewal != "quarter" or not cut:
            return False
        if cut.customer_count >= FEW_CUSTOMERS:
            return False
        return self._count_active(day) >= max(2 * cut.customer_count, FEW_CUSTOMERS)

    def _count_active(self, day):
        """Count the customers that bought in the window."""
        query = SQL(
            "SELECT count(DISTINCT partner_id) FROM (%s) purchase WHERE bought > %s",
            self._purchase_query(day),
            self._window_start(day),
        )
        return self.env.execute_query(query)[0][0]

    def _window_start(self, day):
        """Give the last day before the window."""
        return day - relativedelta(months=self.window_months)

    def _refresh_query(self, day, known, cause):
        """Give the statement of a refresh; see `refresh_sql.refresh`."""
        segments = self.env["crm.rfm.segment"]
        start = self._window_start(day)
        return refresh_sql.refresh(
            self.id,
            self._documents(day, purchases.may_count_after(start)),
            self._documents(day, purchases.dated_until(start)),
            as_of=day,
            start=start,
            per_day=self.one_per_day,
            known_cuts=known,
            segments={kind: segments._id_of_kind(kind) for kind in ("prospect", "lost")},
            allowed=self.env["res.partner"]._profiled_sql(),
            cause=cause,
        )

    def _cuts_valid_on(self, day):
        """Give what makes scores on a day; nothing when cuts must be taken from the customers."""
        if self.method == "fixed":
            return self
        if self.method == "live":
            return self.env["crm.rfm.cut"]
        cut = self._latest_cut(day)
        if self.renewal == "quarter" and cut and cut.date < cuts.quarter_start(day):
            return cut.browse()
        return cut

    def _keep_cuts(self, day, found, customers):
        """Keep the cuts that a refresh took: all of a frozen policy, the last of a live one."""
        if self.method == "live":
            self.cut_ids.unlink()
        elif self.history_date and day < self.history_date:
            return
        self.cut_ids.filtered(lambda cut: cut.date == day).unlink()
        self.env["crm.rfm.cut"].create(
            {**found, "policy_id": self.id, "date": day, "customer_count": customers}
        )

    def _note_refresh(self, day, result):
        """Keep the day of the rows; the history has gone on where the day is not a past one."""
        values = {
            "refresh_date": day,
            "refreshed_at": fields.Datetime.now(),
            "customer_count": result["customers"],
            "is_stale": False,
        }
        if not self.as_of and (not self.history_date or day >= self.history_date):
            values |= {"history_date": day, "history_start": self.history_start or day}
        self.write(values)
        self.env["crm.rfm.score"].invalidate_model()
        self.env["crm.rfm.move"].invalidate_model()
        self.env["res.partner"].invalidate_model(
            [name for name in self.env["res.partner"]._fields if name.startswith("rfm_")],
            flush=False,
        )

    @api.model
    def _known(self):
        """Give the policies that have been refreshed before."""
        return self.search([("refresh_date", "!=", False)])

    # ------------------------------------------------------------
    # History of the past
    # ------------------------------------------------------------

    def _refresh_days(self):
        """Give the days that the next refresh goes through: month ends of the past, then today.

        After the first refresh, or one that was stopped, these are the month ends that are
        missing in the history.
        """
        self.ensure_one()
        today = self._today()
        if self.as_of:
            return [today]
        since = self.history_date + timedelta(days=1) if self.history_date else self._first_sale()
        return (cuts.month_ends(today, self.replay_months, since) if since else []) + [today]

    def _first_sale(self):
        """Give the day of the first invoice of the company and its branches."""
        domain = [
            ("company_id", "child_of", self.company_id.id),
            ("state", "=", "posted"),
            ("move_type", "in", SALES),
        ]
        moves = self.env["account.move"].sudo()
        return moves.search_fetch(
            domain, ["invoice_date"], order="invoice_date", limit=1
        ).invoice_date

    def _refresh_with_past(self):
        """Refresh the policies; for the first time with the month ends before."""
        for policy in self:
            for day in policy._refresh_days():
                policy._refresh(day)

    @api.model
    def _cron_refresh(self):
        """Refresh all policies, one transaction each; one that fails does not stop the others."""
        policies = self.search([("active", "=", True)])
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(policies))
        for policy in policies:
            try:
                with self.env.cr.savepoint():
                    policy._refresh_with_past()
            except (UserError, *long_statement.CONCURRENCY) as error:
                _logger.info("RFM policy %s is left for the next night: %s", policy.id, error)
            except Exception:
                _logger.exception("RFM policy %s cannot be refreshed", policy.id)
            if not cron._commit_progress(1):
                break

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_renew_cuts(self):
        """Take new cuts from the customers of today."""
        self.check_access("write")
        self.sudo()._refresh(renew=True)

    def action_use_fixed(self):
        """Change to thresholds entered by hand, beginning with those that the policy has."""
        self.check_access("write")
        self.method = "fixed"
        self.sudo()._refresh()

    def action_refresh(self):
        """Refresh now; for the first time with the months before."""
        self.check_access("write")
        self.sudo()._refresh_with_past()

    def action_refresh_with_progress(self):
        """Refresh now, step by step, in a dialog that can be stopped."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.client",
            "tag": "crm_lifecycle.rfm_refresh",
            "params": {"policy_id": self.id},
        }
