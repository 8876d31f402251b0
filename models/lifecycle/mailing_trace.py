from odoo import models

TARGETS = ("crm.lead", "res.partner")


class MailingTrace(models.Model):
    """Clicks and replies of mailings are answers of the person they were sent to."""

    _inherit = "mailing.trace"

    def set_clicked(self, domain=None):
        """Say that the persons of these traces clicked."""
        traces = super().set_clicked(domain=domain)
        traces._lifecycle_fire()
        return traces

    def set_replied(self, domain=None):
        """Say that the persons of these traces answered."""
        traces = super().set_replied(domain=domain)
        traces._lifecycle_fire()
        return traces

    def _lifecycle_fire(self):
        for model, traces in self.sudo().grouped("model").items():
            if model in TARGETS:
                self.env["crm.lifecycle.rule"]._fire("response", model, traces.mapped("res_id"))
