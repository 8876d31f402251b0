from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Quotations get suggestions by what the customer owns and what is on them already."""

    _name = "sale.order"
    _inherit = ["sale.order", "crm.suggestion.mixin"]

    def _suggestion_baskets(self):
        return {order.id: order.order_line.product_id.ids for order in self}

    def _suggestion_price(self, product):
        """Give the price of the customer's pricelist."""
        price = self.pricelist_id._get_product_price(
            product, 1.0, currency=self.currency_id, date=self.date_order
        )
        return price, self.currency_id

    def action_take_suggestion(self, product_id):
        """Add one of the product to the quotation, with the price and taxes that Odoo gives it."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("draft", "sent"):
            raise UserError(
                self.env._(
                    "%(order)s is no quotation any more, so nothing can be added to it."
                    " Make a new quotation for the customer.",
                    order=self.name,
                )
            )
        product = self.env["product.product"].browse(product_id)
        product.check_access("read")
        self.env["sale.order.line"].create(
            {
                "order_id": self.id,
                "product_id": product.id,
                "product_uom_qty": 1,
                "sequence": self._get_new_line_sequence("order_line", False),
            }
        )
        return False
