from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_amount

GROUPS = "sales_team.group_sale_salesman,mass_mailing.group_mass_mailing_user"


class CrmSuggestionMixin(models.AbstractModel):
    """Records for whose customer products can be suggested: contacts, leads, quotations.

    Who sees suggestions?
        Salespeople, on records that they may read. What others bought is read for them as
        counts alone; products are shown as far as they may see them. Portal users and visitors
        have no way to ask.
    What is in the block for e-mails?
        Name, picture and price of each suggested product, and which product it goes with;
        nothing at all when there is no suggestion. Thousands of recipients are asked
        about in batches. The words are those of the customer's language.
    """

    _name = "crm.suggestion.mixin"
    _description = "Suggestions of Products"

    suggested_products_html = fields.Html(
        "Suggested Products",
        compute="_compute_suggested_products_html",
        sanitize=False,
        groups=GROUPS,
        help="A block for e-mails: the products that go with what the customer has bought."
        " It is empty when there is nothing worth suggesting.",
    )

    # ------------------------------------------------------------
    # Whom, for which company
    # ------------------------------------------------------------

    def _suggestion_partners(self):
        """Give the contact of each record: dict of id -> partner."""
        return {record.id: record.partner_id for record in self}

    def _suggestion_company(self):
        """Give the company whose sales count for a record."""
        self.ensure_one()
        company = self.company_id if "company_id" in self._fields else None
        return company or self.env.company

    def _suggestion_baskets(self):
        """Give the ids of products that count as owned, by record, beside those that are."""
        return {}

    def _suggested_affinities(self, limit=5, baskets=None):
        """Give the best affinities of each record: dict of id -> `crm.product.affinity`."""
        partners = self._suggestion_partners()
        baskets = self._suggestion_baskets() | (baskets or {})
        allowed = self._profiled(partners)
        found = dict.fromkeys(self.ids, self.env["crm.product.affinity"].sudo())
        for company, records in self.grouped(lambda record: record._suggestion_company()).items():
            customers = {
                record.id: partners[record.id].commercial_partner_id.id
                for record in records
                if record.id in allowed
            }
            kept = {key: baskets[key] for key in customers if key in baskets}
            affinities = self.env["crm.product.affinity"].with_company(company)
            found |= affinities._suggest(company, customers, kept, limit)
        return found

    def _profiled(self, partners):
        """Give the ids of the records whose contact, and its company, may be profiled."""
        contacts = self.env["res.partner"].union(*partners.values()).sudo()
        both = (contacts | contacts.commercial_partner_id).with_context(active_test=False)
        kept = both.filtered_domain(both._profiling_domain())
        return {
            key
            for key, partner in partners.items()
            if partner <= kept and partner.sudo().commercial_partner_id <= kept
        }

    def _suggested_products(self, limit=5):
        """Give what to suggest to many, in one query for each company.

        :return: dict of id -> list of dicts: product_id, affinity_id, reason, customers,
            product_customers; the best first
        """
        return {
            key: [
                {
                    "product_id": row.related_product_id.id,
                    "affinity_id": row.id,
                    "reason": row._reason(),
                    "customers": row.customers,
                    "product_customers": row.product_customers,
                }
                for row in rows
            ]
            for key, rows in self._suggested_affinities(limit).items()
        }

    # ------------------------------------------------------------
    # On the screen
    # ------------------------------------------------------------

    @api.readonly
    def get_suggestions(self, product_ids=()):
        """Give what the form shows: a list of products, each with its reason in words.

        :param product_ids: products on the form that may not be saved yet
        """
        self.ensure_one()
        self.check_access("read")
        self.env["crm.product.affinity"].check_access("read")
        baskets = {self.id: list(product_ids)} if product_ids else None
        rows = self._suggested_affinities(baskets=baskets)[self.id]
        visible = rows.with_env(self.env).related_product_id._filtered_access("read")
        return [
            self._suggestion_values(row)
            for row in rows
            if row.related_product_id.id in visible._ids
        ]

    def _suggestion_values(self, row):
        """Give the values of one suggestion on the screen."""
        product = row.related_product_id.with_env(self.env).with_company(row.company_id)
        price, currency = self._suggestion_price(product)
        return {
            "id": product.id,
            "name": product.display_name,
            "price": format_amount(self.env, price, currency),
            "reason": row._reason(),
            "affinity_id": row.id,
            "can_open": self._may_open_customers(),
        }

    def _may_open_customers(self):
        """Tell whether the user may see who bought what."""
        partners = self.env["res.partner"]
        return partners._has_field_access(partners._fields["affinity_ids"], "read")

    def _suggestion_price(self, product):
        """Give the sales price of a product and its currency."""
        return product.lst_price, product.currency_id

    def action_take_suggestion(self, product_id):
        """Open a new quotation for the customer, with the product on it."""
        self.ensure_one()
        self.check_access("read")
        self.env["sale.order"].check_access("create")
        product = self.env["product.product"].browse(product_id)
        product.check_access("read")
        action = self._suggestion_quotation_action()
        line = {"product_id": product.id, "product_uom_qty": 1}
        return {**action, "context": {**action["context"], "default_order_line": [(0, 0, line)]}}

    def _suggestion_quotation_action(self):
        """Give Odoo's own action for a new quotation of the customer; its context is a dict."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sale_crm.sale_action_quotations_new"
        )
        partner = self._suggestion_partners()[self.id]
        return {**action, "domain": [], "context": {"default_partner_id": partner.id}}

    # ------------------------------------------------------------
    # In e-mails
    # ------------------------------------------------------------

    @api.depends_context("company", "lang")
    def _compute_suggested_products_html(self):
        """Render the blocks: one query for all, then what Odoo has in memory."""
        found = self.sudo()._suggested_affinities()
        partners = self._suggestion_partners()
        for record in self:
            lang = partners.get(record.id, self.env["res.partner"]).sudo().lang
            rows = found.get(record.id)
            block = rows and rows.with_context(lang=lang or self.env.lang)._suggestion_block()
            record.suggested_products_html = block or Markup()

    @api.model
    def mail_allowed_qweb_expressions(self):
        """Let those who may not edit templates use the block too: it shows no more than it says."""
        return (*super().mail_allowed_qweb_expressions(), "object.suggested_products_html")
