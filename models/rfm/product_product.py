from odoo import api, models
from odoo.fields import Domain


class ProductProduct(models.Model):
    """Which products may be suggested, and which are no goods at all."""

    _inherit = "product.product"

    @api.model
    def _suggestable_domain(self, company):
        """Give the products that a company may suggest, one click being enough to sell them.

        A combination needs choices, so it is not one of them.
        """
        return (
            Domain("active", "=", True)
            & Domain("sale_ok", "=", True)
            & Domain("type", "!=", "combo")
            & Domain(self._check_company_domain(company))
        )

    @api.model
    def _not_goods(self, company):
        """Give the products that Odoo itself puts on documents: discounts, delivery, rewards."""
        products = company.sudo().sale_discount_product_id
        for model, name in (
            ("delivery.carrier", "product_id"),
            ("loyalty.reward", "discount_line_product_id"),
        ):
            if model in self.env:
                records = self.env[model].sudo().with_context(active_test=False)
                products |= records.search([(name, "!=", False)])[name]
        return products
