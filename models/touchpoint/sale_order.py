from odoo import models

from .mailing_trace import brin


class SaleOrder(models.Model):
    """Orders are harvested by when they were written."""

    _inherit = "sale.order"

    _written_idx = brin("write_date")
