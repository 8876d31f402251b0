from odoo import models


class MailingTrace(models.Model):
    """What happens to a message is told to the deliveries, and wakes who waits for it.

    Traces are also asked what an address got lately.
    """

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

    def set_opened(self, domain=None):
        """Wake those who wait for an opening."""
        return self._nurture_wake(super().set_opened(domain=domain))

    def set_clicked(self, domain=None):
        """Wake those who wait for a click."""
        return self._nurture_wake(super().set_clicked(domain=domain))

    def set_replied(self, domain=None):
        """Wake those who wait for an answer, or leave by it."""
        return self._nurture_wake(super().set_replied(domain=domain))

    def set_bounced(self, domain=None, bounce_message=False):
        """Wake those who wait to see whether it came back."""
        return self._nurture_wake(super().set_bounced(domain=domain, bounce_message=bounce_message))

    def _nurture_wake(self, traces):
        self.env["crm.nurture.enrollment"].sudo()._wake_by_traces(traces)
        return traces
