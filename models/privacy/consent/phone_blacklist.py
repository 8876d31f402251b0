from odoo import models


class PhoneBlacklist(models.Model):
    """The list of excluded numbers is in step with what people said."""

    _name = "phone.blacklist"
    _inherit = ["phone.blacklist", "crm.privacy.exclusion.mixin"]

    _privacy_address = ("number", "phone_sanitized")
    _privacy_channels = ("sms", "phone")
