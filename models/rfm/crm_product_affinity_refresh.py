import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..lifecycle import long_statement
from ..settings.notification import notification
from . import affinity_sql, basket_sql

_logger = logging.getLogger(__name__)


class CrmProductAffinity(models.Model):
    """The refresh of the affinities of a company: one statement, which writes what has changed.

    When?
        Every week, after a change of the settings, and by the button. Affinities move slowly;
        what a customer owns is read at the moment of the suggestion. Two refreshes of one
        company never run at once.
    """

    _inherit = "crm.product.affinity"

    @api.model
    def _refresh(self, company, as_of=None):
        """Bring the rows of a company up to date; write only those that have changed.

        :param company: no branch

        :param date as_of: the last day of the window; None: today
        :return: dict of counts: pairs, added, changed, removed
        :raise UserError: when somebody else is at it
        """
        company = company.sudo()
        until = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        self._lock(company)
        long_statement.take_memory(self.env)
        (result,) = self.env.execute_query_dict(self._refresh_query(company, until))
        company.affinity_date = until
        self.invalidate_model()
        return result

    def _lock(self, company):
        """Be the only one that refreshes this company until the end of the transaction."""
        self.env.flush_all()
        if not long_statement.runs_alone(self.env, self._table, company.id):
            raise UserError(
                self.env._(
                    "The suggestions of %(company)s are being refreshed at this moment."
                    " Try again in a minute.",
                    company=company.name,
                )
            )

    def _refresh_query(self, company, until):
        """Give the statement of a refresh; see `affinity_sql.refresh`."""
        return affinity_sql.refresh(
            company.id,
            self._lines_query(company, until),
            company.affinity_level,
            best_sellers=self._suggestable_products(company),
            min_customers=company.affinity_min_customers,
            min_share=company.affinity_min_share,
            min_lift=company.affinity_min_lift,
        )

    def _lines_query(self, company, until):
        """Give the query of what was sold in the window; see `basket_sql.basket_lines`."""
        return basket_sql.basket_lines(
            self._company_and_branches(company),
            company.affinity_level,
            after=until - relativedelta(months=company.affinity_months),
            until=until,
            left_out=self.env["product.product"]._not_goods(company).ids,
            allowed=self.env["res.partner"]._profiled_sql(),
        )

    @api.model
    def _suggestable_products(self, company):
        """Give the products that a company may suggest, as SQL."""
        products = self.env["product.product"].sudo()
        return products._search(products._suggestable_domain(company)).subselect()

    @api.model
    def _cron_refresh(self):
        """Refresh all companies, one transaction each; one that fails does not stop the others."""
        companies = self.env["res.company"].search([("parent_id", "=", False)])
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            try:
                with self.env.cr.savepoint():
                    self._refresh(company)
            except (UserError, *long_statement.CONCURRENCY) as error:
                _logger.info("Affinities of %s are left for next time: %s", company, error)
            except Exception:
                _logger.exception("Affinities of %s cannot be refreshed", company)
            if not cron._commit_progress(1):
                break

    @api.model
    def action_refresh(self):
        """Refresh the companies that the user works in."""
        if not self.env.user.has_group("crm_lifecycle.group_lifecycle_user"):
            raise AccessError(
                self.env._(
                    "Only users of Customer Lifecycle can refresh the suggestions."
                    " Ask one of them, or wait for the weekly refresh."
                )
            )
        results = [self.sudo()._refresh(company) for company in self.env.companies.sudo().root_id]
        count = sum(result["pairs"] for result in results)
        changed = sum(sum(result.values()) for result in results) - count
        return notification(
            self.env._(
                "%(count)s pairs, %(changed)s of them new, changed or gone.",
                count=count,
                changed=changed,
            )
        )
