from odoo import models


class MailingContact(models.Model):
    """Mailing contacts are looked up by whole lists of e-mails and phone numbers."""

    _inherit = "mailing.contact"

    _email_exact_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    _phone_exact_idx = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")
