from odoo import fields, models
from odoo.tools import hmac

from ..consent import signed_link


class CrmPrivacyRequest(models.Model):
    """The signed links that the person gets by mail.

    What does a link allow?
        To confirm one request, or to download one archive; nothing else, and for a limited
        time; see `signed_link`. It holds no address.
    What if it is used twice?
        The page says that the request is confirmed already.
    What if the officer corrects the address afterwards?
        The link that went to the former address is worth nothing any more.
    """

    _inherit = "crm.privacy.request"

    CONFIRM = "request_confirm"

    confirm_url = fields.Char(
        compute="_compute_confirm_url",
        groups="crm_lifecycle.group_privacy_officer",
        export_string_translation=False,
    )

    def _compute_confirm_url(self):
        for request in self:
            payload = {"request": request.id, "address": request._address_mark()}
            hours = 24 * request.company_id.privacy_unverified_days
            token = signed_link._sign(self.env, self.CONFIRM, payload, hours)
            request.confirm_url = f"{request.get_base_url()}/privacy/request/confirm/{token}"

    def _address_mark(self):
        """Give a mark of the address that says nothing about it."""
        return hmac(self.env(su=True), "crm_privacy_address", self.email_normalized or "")[:16]

    def _read_link(self, scope, token):
        """Give the request of a link (none if it is not valid) and the link."""
        link = signed_link._read(self.env, scope, token)
        payload = link.payload if isinstance(link.payload, dict) else {}
        request = self.sudo().browse(payload.get("request", [])).exists()
        if not request or payload.get("address") != request._address_mark():
            return self.sudo().browse(), link
        return request, link

    def _confirm_by_link(self):
        """Confirm the identity, because the person has used the mailed link.

        :return: False if this was done before
        """
        # of two clicks at the same moment, one sends the mail
        if not self.try_lock_for_update() or self.state != "new":
            return False
        self._verify("link")
        return True
