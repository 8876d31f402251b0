from odoo import models


class MailingTrace(models.Model):
    """Traces are asked what an address got lately, and tell their story to the deliveries."""

    _inherit = "mailing.trace"

    _nurture_email_idx = models.Index("(email, mass_mailing_id) WHERE email IS NOT NULL")
    _nurture_number_idx = models.Index("(sms_number) WHERE sms_number IS NOT NULL")

    def _failure_name(self):
        """Give what Odoo calls the failure, in words."""
        self.ensure_one()
        names = dict(self._fields["failure_type"]._description_selection(self.env))
        return names.get(self.failure_type) or self.env._("Unknown reason")

    def _nurture_cancel(self, failure_type, reason):
        """Cancel messages that waited to leave, and keep the reason."""
        self.set_canceled()
        self.write({"failure_type": failure_type, "failure_reason": reason})
        deliveries = self.env["crm.nurture.delivery"].sudo()
        deliveries.search([("trace_id", "in", self.ids)]).write({"note": reason, "retry_at": False})
