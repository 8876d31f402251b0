from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from . import bought

# what the answer is made of; Odoo writes pending changes of these before it searches
READ = {
    "account.move": (
        "commercial_partner_id",
        "company_id",
        "invoice_date",
        "move_type",
        "payment_state",
        "state",
    ),
    "account.move.line": ("display_type", "move_id", "product_id"),
}


class ResPartner(models.Model):
    """Contacts in segments, and what they bought, to filter by.

    What counts as bought?
        The lines of posted customer invoices and receipts of the last months (a setting of
        the company), of the companies that the user works in; not what was reversed in full.
    Who may ask?
        Everybody in sales. The answer is read without the rights on invoices, which stay
        protected: it says that a product was bought, never when, nor for how much. Others are
        refused in a filter too, where Odoo itself does not look at the groups of a field.
    Who is the customer?
        The company that is invoiced, as everywhere in this application; for the people in it
        use “Commercial Entity > Bought Products”.
    """

    _name = "res.partner"
    _inherit = ["res.partner", "crm.segment.mixin"]
    _segment_subject = "partner_id"

    purchased_product_ids = fields.Many2many(
        "product.product",
        string="Bought Products",
        compute="_compute_purchased",
        search="_search_purchased_product_ids",
        groups="sales_team.group_sale_salesman",
    )
    purchased_categ_ids = fields.Many2many(
        "product.category",
        string="Bought in Categories",
        compute="_compute_purchased",
        search="_search_purchased_categ_ids",
        groups="sales_team.group_sale_salesman",
        help="Products of this category, or of a category below it.",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_purchased(self):
        products = dict.fromkeys(self.ids, self.env["product.product"])
        if self.ids:
            self._flush_purchases()
            query = bought.products_of(self.ids, *self._purchase_window())
            for partner_id, product_id in self.env.execute_query(query):
                products[partner_id] += self.env["product.product"].browse(product_id)
        for partner in self:
            mine = products.get(partner.id, self.env["product.product"])
            partner.purchased_product_ids = mine
            # with the categories above, so that it says the same as the search
            paths = "".join(mine.sudo().categ_id.mapped("parent_path")).split("/")
            partner.purchased_categ_ids = [int(number) for number in paths if number]

    @api.model
    def _search_purchased_product_ids(self, operator, value):
        self._check_field_access(self._fields["purchased_product_ids"], "read")
        return self._search_purchased(operator, value, "product.product", "id", "in")

    @api.model
    def _search_purchased_categ_ids(self, operator, value):
        self._check_field_access(self._fields["purchased_categ_ids"], "read")
        return self._search_purchased(operator, value, "product.category", "categ_id", "child_of")

    @api.model
    def _search_purchased(self, operator, value, model, name, inner):
        """Give the domain of the customers of some products.

        :param str model: what the values are
        :param str name: field of the product that is compared with them
        :param str inner: the operator to compare with
        """
        yes = not operator.startswith("not ")
        if operator.removeprefix("not ") in ("any", "any!"):
            chosen = self.env[model].with_context(active_test=False)._search(value)
            return self._bought_domain([(name, inner, chosen.get_result_ids())], yes)
        if operator not in ("in", "not in"):
            return NotImplemented
        domains = []
        if any(value):
            chosen = [(name, inner, [one for one in value if one])]
            domains.append(self._bought_domain(chosen, yes))
        if not all(value):
            domains.append(self._bought_domain(None, not yes))
        return Domain.OR(domains) if yes else Domain.AND(domains)

    @api.model
    def _bought_domain(self, product_domain, yes=True):
        """Give the domain of who bought one of the products, or none of them.

        :param product_domain: None stands for any product
        """
        products = None
        if product_domain is not None:
            every_product = self.env["product.product"].sudo().with_context(active_test=False)
            products = every_product._search(product_domain).subselect()
        self._flush_purchases()
        window = self._purchase_window()
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s (%s)",
                SQL("EXISTS") if yes else SQL("NOT EXISTS"),
                bought.lines_of(SQL.identifier(alias, "id"), products, *window),
            )
        )

    @api.model
    def _flush_purchases(self):
        for model, names in READ.items():
            self.env[model].flush_model(names)

    @api.model
    def _purchase_window(self):
        """Give the first day that counts, and the companies whose invoices count."""
        months = self.env.company.purchase_months
        return fields.Date.today() - relativedelta(months=months), self.env.companies.ids
