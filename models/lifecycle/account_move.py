from datetime import datetime, time

from odoo import models

from . import facts


class AccountMove(models.Model):
    """Posted customer invoices and receipts make customers of their contact and company."""

    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._lifecycle_fire()
        return posted

    def _lifecycle_fire(self):
        """Fire the rules; of several invoices of a contact the first one dates the move."""
        sales = self.filtered(lambda move: move.move_type in facts.SALES_MOVES)
        if not sales:
            return
        partners = {
            partner.id: move
            for move in sales.sudo().sorted("invoice_date", reverse=True)
            for partner in move.partner_id | move.commercial_partner_id
        }
        self.env["crm.lifecycle.rule"]._fire("invoice", "res.partner", partners, origins=partners)

    def _lifecycle_event_date(self):
        """Give noon of the day of the invoice: it is the same day in nearly all zones."""
        return datetime.combine(self.invoice_date, time(12))

    def _lifecycle_attribution_values(self):
        """Give the salesperson, team, company and campaign of the document."""
        return facts.attribution_values(self, "invoice_user_id")
