import logging

from odoo import fields, models

_logger = logging.getLogger(__name__)


class CrmPrivacyRequest(models.Model):
    """The signed links that the person gets by mail.

    What does a link allow?
        To confirm one request, or to download one archive; nothing else, and for a limited
        time. It holds a number that is signed by the server, so it cannot be guessed.
    What if it is used twice?
        The page says that the request is confirmed already.
    """

    _inherit = "crm.privacy.request"

    confirm_url = fields.Char(
        compute="_compute_confirm_url",
        groups="crm_lifecycle.group_privacy_officer",
        export_string_translation=False,
    )

    def _compute_confirm_url(self):
        for request in self:
            hours = 24 * request.company_id.privacy_unverified_days
            payload = {"request": request.id, "email": request.email_normalized}
            token = request._sign("confirm", payload, hours)
            request.confirm_url = f"{request.get_base_url()}/privacy/request/confirm/{token}"

    def _sign(self, scope, payload, hours):
        """Give a signed token of a payload for the links of requests."""
        return signed_link._sign(self.sudo().env, f"privacy_request_{scope}", payload, hours)

    def _read_link(self, scope, token):
        """Give the request of a signed link and its payload; nothing if it is not valid."""
        payload = signed_link._read(self.sudo().env, f"privacy_request_{scope}", token)
        if not isinstance(payload, dict):
            return self.browse(), {}
        return self.sudo().browse(payload.get("request")).exists(), payload

    def _confirm_by_link(self, payload):
        """Confirm the identity, because the person has used the mailed link.

        :return: confirmed, again (used before), or invalid
        """
        if not self or self.email_normalized != payload.get("email"):
            return "invalid"
        # two clicks at the same moment must not send two mails
        locked = self.try_lock_for_update()
        if not locked or self.state != "new":
            return "again"
        self._verify("link")
        return "confirmed"
