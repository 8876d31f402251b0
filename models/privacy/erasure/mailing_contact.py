from odoo import models


class MailingContact(models.Model):
    """A mailing contact whose address was erased before is recognised."""

    _name = "mailing.contact"
    _inherit = ["mailing.contact", "crm.privacy.returning.mixin"]
