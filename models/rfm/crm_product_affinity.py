from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_amount
from odoo.tools.misc import limited_field_access_token

from . import affinity_sql, product_suggestion


class CrmProductAffinity(models.Model):
    """Which products the same customers buy: one row says how often Y goes with X.

    What is counted?
        Posted customer invoices and receipts of the last months (24, see the settings of the
        company) that were not fully reversed; credit notes are no purchases. Lines without a
        product, down payments, discounts and delivery count for nothing, nor do sales to our own
        companies.
    Together in what sense?
        On one invoice (`orders`, `support`, `confidence`, `lift`), and over time by one customer
        (`customers`, `share`, `customer_lift`). Suggestions go by customers: who buys a printer
        today comes back for paper.
    Which pairs are kept?
        Those that enough customers bought (settings of the company), in both directions: "X,
        then Y" and "Y, then X" have different shares. Of each product the 100 best.
        `is_suggested` says which are good enough to be suggested; see `affinity.is_worth`.
    And branches?
        The invoices of a company and of its branches count together, by the settings of the
        company; branches show its suggestions.
    Products or categories?
        As the company wants it. Between categories, the best seller of the category stands for
        it in `related_product_id`.
    """

    _name = "crm.product.affinity"
    _description = "Product Affinity"
    _order = "strength desc, customer_lift desc, id"
    _rec_names_search = ["product_id", "related_product_id", "categ_id", "related_categ_id"]

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    # the pair
    product_id = fields.Many2one("product.product", readonly=True, ondelete="cascade", index=True)
    related_product_id = fields.Many2one(
        "product.product",
        "Also Bought",
        readonly=True,
        ondelete="cascade",
        index=True,
        help="Between categories: the best seller of the other category, which is suggested.",
    )
    categ_id = fields.Many2one(
        "product.category", "Category", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    related_categ_id = fields.Many2one(
        "product.category",
        "Category Also Bought",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
    )
    # by customer
    customers = fields.Integer(
        "Customers with Both", readonly=True, help="Customers that bought both, at any time."
    )
    product_customers = fields.Integer(
        "Customers", readonly=True, aggregator="max", help="Customers that bought the first."
    )
    share = fields.Float(
        "Share of Customers",
        readonly=True,
        aggregator="avg",
        help="Of the customers that bought the first, how many also bought the other.",
    )
    customer_lift = fields.Float(
        "Times the Average",
        readonly=True,
        aggregator="avg",
        help="The share against that of all customers: 2 means that the customers of the first"
        " buy the other twice as often as customers do on average.",
    )
    strength = fields.Float(
        "Certain Share",
        readonly=True,
        aggregator="avg",
        help="What the share is at least, at 95 % certainty. Few customers make it low."
        " Suggestions are ranked by it.",
    )
    # by invoice
    orders = fields.Integer("Invoices with Both", readonly=True)
    product_orders = fields.Integer(
        "Invoices", readonly=True, aggregator="max", help="Invoices with the first."
    )
    support = fields.Float(
        "Share of All Invoices",
        readonly=True,
        aggregator="sum",
        help="Of all invoices of the time, how many have both.",
    )
    confidence = fields.Float(
        "Share of Invoices",
        readonly=True,
        aggregator="avg",
        help="Of the invoices with the first, how many also have the other.",
    )
    lift = fields.Float(
        "Lift on Invoices",
        readonly=True,
        aggregator="avg",
        help="How many times more often both are on one invoice than they would be by chance.",
    )
    is_suggested = fields.Boolean(
        "Good Enough to Suggest",
        readonly=True,
        help="Enough customers, a share worth speaking of, and certainly above the average.",
    )

    _product_pair_uniq = models.UniqueIndex(
        "(company_id, product_id, related_product_id) WHERE product_id IS NOT NULL",
        "There is one row for each pair of products.",
    )
    _categ_pair_uniq = models.UniqueIndex(
        "(company_id, categ_id, related_categ_id) WHERE categ_id IS NOT NULL",
        "There is one row for each pair of categories.",
    )

    @api.depends("product_id", "related_product_id", "categ_id", "related_categ_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = self.env._(
                "%(first)s, then %(other)s",
                first=(row.categ_id or row.product_id).display_name,
                other=(row.related_categ_id or row.related_product_id).display_name,
            )

    @api.model
    def _company_and_branches(self, company):
        """Give the ids of a company and of its branches, the company first."""
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        branches = companies.search([("id", "child_of", company.id), ("id", "!=", company.id)])
        return [company.id, *branches.ids]

    # ------------------------------------------------------------
    # Columns of the level that the companies use
    # ------------------------------------------------------------

    @api.model
    def _used_levels(self):
        """Give the levels at which the companies of the user compare."""
        return tuple(sorted(set(self.env.companies.sudo().root_id.mapped("affinity_level"))))

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        """Keep the views of each level apart."""
        return (*super()._get_view_cache_key(view_id, view_type, **options), self._used_levels())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Hide the columns of the level that is not used."""
        arch, view = super()._get_view(view_id, view_type, **options)
        unused = set(affinity_sql.KEYS) - set(self._used_levels())
        names = {name for level in unused for name in affinity_sql.KEYS[level]}
        for node in arch.iter("field") if view_type == "list" else ():
            # between categories, the product is what is suggested
            if node.get("name") in names - {"related_product_id"}:
                node.set("column_invisible", "True")
        return arch, view

    # ------------------------------------------------------------
    # Choosing
    # ------------------------------------------------------------

    @api.model
    def _suggest(self, company, customers, baskets=None, limit=5):
        """Give the best affinities for each of many subjects, in one query.

        The facts are read whatever the user may see; the caller checks what he may see of it.

        :param dict customers: id of the subject -> id of its commercial partner
        :param dict baskets: id of the subject -> ids of products that it has as if owned
        :return: dict of the id of the subject -> rows of this model (sudo), the best first
        """
        if not customers:
            return {}
        self.env.flush_all()
        main = company.sudo().root_id
        query = product_suggestion.best(
            customers,
            [(key, product) for key, ids in (baskets or {}).items() for product in ids],
            self._company_and_branches(main),
            main.affinity_level,
            self._suggestable_products(company),
            limit,
        )
        found = {key: [] for key in customers}
        for key, affinity_id in self.env.execute_query(query):
            found[key].append(affinity_id)
        rows = self.sudo().browse(id_ for ids in found.values() for id_ in ids)
        return {key: rows.browse(ids).with_prefetch(rows._ids) for key, ids in found.items()}

    def _reason(self):
        """Say in words why the second is suggested to those who have the first."""
        self.ensure_one()
        values = {"both": self.customers, "all": self.product_customers}
        if self.categ_id:
            return self.env._(
                "%(both)s of %(all)s customers with %(first)s also bought %(other)s",
                first=self.categ_id.name,
                other=self.related_categ_id.name,
                **values,
            )
        return self.env._(
            "%(both)s of %(all)s customers with %(first)s also bought it",
            first=self.product_id.with_context(display_default_code=False).display_name,
            **values,
        )

    # ------------------------------------------------------------
    # In e-mails
    # ------------------------------------------------------------

    @api.model
    def _mail_placeholder(self):
        """Give what stands for the block in a mailing until it is sent.

        It must be a `t` without other attributes: that is what people who may not edit
        templates are allowed, and what the mailing editor leaves alone.
        """
        return Markup('<t t-out="object.suggested_products_html"></t>')

    def _suggestion_block(self):
        """Render these suggestions for an e-mail, in the language of the context."""
        products = [row._block_values() for row in self]
        return self.env["ir.qweb"]._render(
            "crm_lifecycle.suggested_products_block", {"products": products}
        )

    def _block_values(self):
        """Give the values of one product of the block; customers are told no figures."""
        product = self.related_product_id.with_company(self.company_id)
        first = self.categ_id or self.product_id.with_context(display_default_code=False)
        return {
            "name": product.with_context(display_default_code=False).display_name,
            "picture": self._picture_url(product),
            "price": format_amount(self.env, product.lst_price, product.currency_id),
            "reason": self.env._("Often bought with %(product)s", product=first.display_name),
        }

    @api.model
    def _picture_url(self, product):
        """Give the address of a picture that works without a login, as Odoo's own messages do.

        It works for two weeks at least; without a picture there is none.
        """
        if not product.with_context(bin_size=True).image_256:
            return ""
        token = limited_field_access_token(product, "image_256", scope="binary")
        return f"/web/image/product.product/{product.id}/image_256?access_token={token}"
