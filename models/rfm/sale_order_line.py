from odoo import models


class SaleOrderLine(models.Model):
    """Down payments are found by an index: they are few among very many lines."""

    _inherit = "sale.order.line"

    _downpayment_order_idx = models.Index("(order_id) WHERE is_downpayment")
