from odoo import api, models
from odoo.tools.mail import mail_header_msgid_re

from . import replies


class MailThread(models.AbstractModel):
    """What comes back on a message of a sequence, and is no answer of a person and no failure.

    An absence note?
        Is in the history of the lead or contact, as such; nobody has answered.
    A report that a mail is late?
        Is no bounce: the mail server goes on trying, and tells if it gives up.
    And what comes back on other mails?
        Is left to Odoo.
    """

    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Let the note of a program not count as an answer."""
        asked = self
        told = message_dict.get("references") or message_dict.get("in_reply_to") or ""
        if replies.is_automatic(message) and self.env["mailing.trace"]._of_sequences(
            mail_header_msgid_re.findall(told)
        ):
            message_dict["message_type"] = "out_of_office"
            asked = self.with_context(nurture_automatic=True)
        return super(MailThread, asked)._message_route_process(message, message_dict, routes)

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Wait on when a mail is only late."""
        ids = message_dict.get("bounced_msg_ids") or []
        if replies.is_only_delayed(email_message) and self.env["mailing.trace"]._of_sequences(ids):
            return None
        return super()._routing_handle_bounce(email_message, message_dict)
