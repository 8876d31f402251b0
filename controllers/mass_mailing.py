from odoo import http
from odoo.http import request
from odoo.tools import email_normalize

from odoo.addons.mass_mailing.controllers.main import MassMailController


class PrivacyMassMailController(MassMailController):
    """Odoo's own pages to unsubscribe lead to the preference page of the person."""

    def _prepare_mailing_subscription_values(self, mailing, document_id, email, hash_token):
        """Add the link, for who came with a valid one."""
        values = super()._prepare_mailing_subscription_values(
            mailing, document_id, email, hash_token
        )
        values["privacy_preference_url"] = self._privacy_preference_url(email)
        return values

    # the route of Odoo, as it is
    @http.route()
    def mailing_confirm_unsubscribe(
        self, mailing_id, document_id=None, email=None, hash_token=None
    ):
        """Offer the preference page, before anything is decided."""
        response = super().mailing_confirm_unsubscribe(
            mailing_id, document_id=document_id, email=email, hash_token=hash_token
        )
        # Odoo has checked the link, or knows the address of who is logged in: nobody who came
        # without a link gets that of another address
        owner, _token = self._fetch_user_information(email, hash_token)
        response.qcontext["privacy_preference_url"] = self._privacy_preference_url(owner)
        return response

    def _privacy_preference_url(self, email):
        """Give the link of an address whose owner came with a valid one."""
        normalized = email_normalize(email or "")
        preferences = request.env["crm.privacy.preference"].sudo()
        return normalized and preferences._url_of_email(normalized, "")
