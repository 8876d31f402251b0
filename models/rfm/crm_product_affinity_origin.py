from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from . import affinity_sql, purchases


class CrmProductAffinity(models.Model):
    """The invoices and the customers behind the figures of a pair.

    The domains say the same as `basket_sql.basket_lines`, for the window of the last refresh.
    """

    _inherit = "crm.product.affinity"

    def _sold_domain(self, item):
        """Give the domain of invoices that the figures count for one side of the pair.

        :param str item: the name of the field: product_id or related_product_id, or a category
        """
        self.ensure_one()
        path = "product_id" if item.endswith("product_id") else "product_id.categ_id"
        left_out = self.env["product.product"]._not_goods(self.company_id)
        line = (
            Domain(path, "=", self[item].id)
            & Domain("display_type", "=", "product")
            & Domain("quantity", ">", 0)
            & Domain("is_downpayment", "!=", True)
            & Domain("product_id", "not in", left_out.ids)
        )
        return Domain("invoice_line_ids", "any", line)

    def _window_domain(self):
        """Give the domain of the invoices of the window."""
        company = self.company_id.sudo()
        until = company.affinity_date or fields.Date.context_today(self)
        after = until - relativedelta(months=company.affinity_months)
        own = self.env["res.company"].sudo().search([("active", "in", [True, False])])
        profiled = self.env["res.partner"].sudo()._profiling_domain()
        return (
            Domain("company_id", "in", self._company_and_branches(company))
            & Domain("state", "=", "posted")
            & Domain("move_type", "in", purchases.SALES)
            & Domain("payment_state", "!=", "reversed")
            & Domain("invoice_date", ">", after)
            & Domain("invoice_date", "<=", until)
            & Domain("commercial_partner_id", "!=", False)
            & Domain("commercial_partner_id", "not in", own.partner_id.commercial_partner_id.ids)
            & (profiled if profiled.is_true() else Domain("commercial_partner_id", "any", profiled))
        )

    def _sides(self):
        """Give the names of the fields of both sides of the pair."""
        return affinity_sql.KEYS["category" if self.categ_id else "product"]

    def _invoices_domain(self):
        """Give the domain of the invoices with both."""
        first, other = self._sides()
        return self._window_domain() & self._sold_domain(first) & self._sold_domain(other)

    def _customers_domain(self):
        """Give the domain of the customers with both; invoices are read whatever one may see."""
        moves = self.env["account.move"].sudo()
        window = self._window_domain()
        queries = [moves._search(window & self._sold_domain(side)) for side in self._sides()]
        customer = SQL.identifier(moves._table, "commercial_partner_id")
        return Domain.AND(Domain("id", "in", query.subselect(customer)) for query in queries)

    def action_open_customers(self):
        """Open the customers that bought both, as far as the user may see contacts."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%(pair)s: customers", pair=self.display_name),
            "res_model": "res.partner",
            "view_mode": "list,kanban,form",
            "domain": [("affinity_ids", "in", self.ids)],
            "context": {"create": False, "active_test": False},
        }

    def action_open_invoices(self):
        """Open the invoices with both; Odoo's own rights decide who may see invoices."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        return {
            **action,
            "name": self.env._("%(pair)s: invoices", pair=self.display_name),
            "domain": list(self._invoices_domain()),
            "context": {"create": False},
        }
