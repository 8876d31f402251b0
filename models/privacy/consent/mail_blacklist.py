from odoo import models


class MailBlacklist(models.Model):
    """The list of excluded e-mails is in step with what people said."""

    _name = "mail.blacklist"
    _inherit = ["mail.blacklist", "crm.privacy.exclusion.mixin"]

    _privacy_address = ("email", "email_normalized")
    _privacy_channels = ("email",)
