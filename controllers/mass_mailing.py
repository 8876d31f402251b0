from odoo.http import request

from odoo.addons.mass_mailing.controllers.main import MassMailController


class PrivacyMassMailController(MassMailController):
    """Odoo's own pages to unsubscribe lead to the preference page of the person."""

    def _prepare_mailing_subscription_values(self, mailing, document_id, email, hash_token):
        """Add the link, for who came with a valid one."""
        values = super()._prepare_mailing_subscription_values(
            mailing, document_id, email, hash_token
        )
        preferences = request.env["crm.privacy.preference"].sudo()
        values["privacy_preference_url"] = email and preferences._url_of_email(email.lower(), "")
        return values
