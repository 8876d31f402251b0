from odoo import api, models

from . import facts

TRIGGERS = {"sent": "quotation", "sale": "order"}


class SaleOrder(models.Model):
    """Quotations sent and orders confirmed move their opportunity, contact and company."""

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        """Count orders that are created sent or confirmed, as imports do."""
        orders = super().create(vals_list)
        orders._lifecycle_fire()
        return orders

    def write(self, vals):
        """Say that quotations were sent, or orders confirmed."""
        result = super().write(vals)
        if vals.get("state") in TRIGGERS:
            self._lifecycle_fire()
        return result

    def _lifecycle_fire(self):
        """Fire the rules for the opportunity first: the contact follows it.

        Of several orders the first one dates the move.
        """
        fire = self.env["crm.lifecycle.rule"]._fire
        latest_first = self.sudo().sorted("date_order", reverse=True)
        for state, orders in latest_first.grouped("state").items():
            if state not in TRIGGERS:
                continue
            leads = {order.opportunity_id.id: order for order in orders}
            fire(TRIGGERS[state], "crm.lead", leads, origins=leads)
            partners = {
                partner.id: order
                for order in orders
                for partner in order.partner_id | order.partner_id.commercial_partner_id
            }
            fire(TRIGGERS[state], "res.partner", partners, origins=partners)

    def _lifecycle_event_date(self):
        """Give the moment of the confirmation; a quotation is sent now."""
        return self.date_order if self.state == "sale" else None

    def _lifecycle_attribution_values(self):
        """Give the salesperson, team, company and campaign of the order, else of its lead."""
        lead = facts.attribution_values(self.opportunity_id)
        return lead | facts.known_values(facts.attribution_values(self))
