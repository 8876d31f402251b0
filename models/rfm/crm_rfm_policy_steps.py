from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from . import purchases
from .refresh_sql import WRITTEN


class CrmRfmPolicy(models.Model):
    """The refresh as a person sees it: step by step, with what was left out.

    What is a step?
        One policy on one day, in a transaction of its own. Whoever stops between two steps
        has the figures of the last one; the night brings the rest.
    Who is left out?
        Buyers without a row: companies of this database, persons who may not be profiled,
        and those whose purchases were all undone.
    """

    _inherit = "crm.rfm.policy"

    @api.model
    def get_refresh_steps(self, policy_ids=None):
        """Give the steps that bring policies of the reader's companies up to date.

        :param list policy_ids: which ones; None: all of them
        :return: one dictionary per policy and day, in order: `policy_id`, `name`, `as_of`
            (a day of the past; False is today)
        """
        self.browse().check_access("write")
        domain = Domain("company_id", "in", self.env.companies.ids)
        if policy_ids is not None:
            domain &= Domain("id", "in", policy_ids)
        policies = self.search(domain)
        if not policies:
            raise UserError(self.env._("There is no policy yet: create one under RFM policies."))
        return [
            {"policy_id": policy.id, "name": policy.name, "as_of": day != policy._today() and day}
            for policy in policies
            for day in policy._refresh_days()
        ]

    def run_refresh_step(self, as_of=False):
        """Refresh one policy, today or on a day of the past that its history begins with.

        :param as_of: the day as `get_refresh_steps` gives it
        :return: what was written: added, changed, removed, moved, customers
        """
        self.ensure_one()
        self.check_access("write")
        if self._is_done(as_of):
            return dict.fromkeys(WRITTEN, 0) | {"customers": self.customer_count}
        if as_of and str(as_of) not in map(str, self._refresh_days()):
            raise UserError(
                self.env._(
                    "%(day)s is no day that the history of “%(policy)s” begins with: start the"
                    " refresh again.",
                    day=as_of,
                    policy=self.name,
                )
            )
        written = self.sudo()._refresh(as_of or None)[self.id]
        return {name: written[name] for name in (*WRITTEN, "customers")}

    def _is_done(self, as_of):
        """Tell whether the history is past a day, since somebody else has refreshed it."""
        return bool(as_of and self.history_date and str(as_of) <= str(self.history_date))

    def get_left_out(self):
        """Count the buyers that have no row, by the reason.

        :return: one dictionary per reason: `reason`, `label`, `count`
        """
        self.ensure_one()
        self.check_access("write")
        labels = {
            "own": self.env._("are companies of this database"),
            "refused": self.env._("may not be profiled"),
            "undone": self.env._("have reversed invoices or credit notes only"),
        }
        found = self._left_out()
        return [
            {"policy_id": self.id, "reason": reason, "label": label, "count": len(found[reason])}
            for reason, label in labels.items()
            if found.get(reason)
        ]

    def action_open_left_out(self, reason):
        """Open the buyers that have no row for a reason of `get_left_out`."""
        self.ensure_one()
        self.check_access("write")
        name = self.env._("Left out of the figures")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "res.partner",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self._left_out().get(reason, []))],
            "context": {"active_test": False},
        }

    def _left_out(self):
        """Give the contacts with documents but without a row, by the reason."""
        allowed = self.env["res.partner"]._profiled_sql()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT CASE WHEN buyer.partner_id IN (%(own)s) THEN 'own'
                            WHEN NOT %(is_allowed)s THEN 'refused' ELSE 'undone' END,
                       ARRAY_AGG(buyer.partner_id)
                  FROM (SELECT DISTINCT partner_id FROM (%(documents)s) document) buyer
                 WHERE NOT EXISTS (
                       SELECT 1 FROM crm_rfm_score score
                        WHERE score.policy_id = %(policy)s
                          AND score.partner_id = buyer.partner_id)
                 GROUP BY 1
                """,
                own=purchases.own_partners(),
                is_allowed=SQL("buyer.partner_id IN %s", allowed) if allowed else SQL("TRUE"),
                documents=self._documents(self.refresh_date or self._today()),
                policy=self.id,
            )
        )
        return dict(rows)
