from odoo import models

from .mailing_trace import brin


class AccountMove(models.Model):
    """Invoices are harvested by when they were written."""

    _inherit = "account.move"

    _written_idx = brin("write_date")
