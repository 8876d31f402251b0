from odoo import models


class MailingTrace(models.Model):
    """What happens to a message wakes who waits for it in a sequence."""

    _inherit = "mailing.trace"

    def set_opened(self, domain=None):
        """Wake those who wait for an opening."""
        if self.env.context.get("nurture_automatic"):
            return self.browse()
        return self._nurture_wake(super().set_opened(domain=domain))

    def set_clicked(self, domain=None):
        """Wake those who wait for a click."""
        return self._nurture_wake(super().set_clicked(domain=domain))

    def set_replied(self, domain=None):
        """Wake those who wait for an answer, or leave by it; programs do not answer."""
        if self.env.context.get("nurture_automatic"):
            return self.browse()
        return self._nurture_wake(super().set_replied(domain=domain))

    def set_bounced(self, domain=None, bounce_message=False):
        """Wake those who wait to see whether it came back."""
        return self._nurture_wake(super().set_bounced(domain=domain, bounce_message=bounce_message))

    def _nurture_wake(self, traces):
        self.env["crm.nurture.enrollment"].sudo()._wake_by_traces(traces)
        return traces

    def _of_sequences(self, message_ids):
        """Give the traces of messages of sequences, by their Message-IDs."""
        return message_ids and self.sudo().search(
            [
                ("message_id", "in", message_ids),
                ("mass_mailing_id.nurture_sequence_id", "!=", False),
            ]
        )
