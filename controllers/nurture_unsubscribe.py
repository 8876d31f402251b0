from urllib.parse import urlencode

from werkzeug.exceptions import NotFound, Unauthorized

from odoo import http
from odoo.http import request
from odoo.tools import email_normalize

from odoo.addons.mass_mailing_sms.controllers.main import MailingSMSController

from .mass_mailing import PrivacyMassMailController


class NurtureUnsubscribeController(PrivacyMassMailController):
    """Who unsubscribes by a message of a sequence says from what: from it, or from everything.

    What does the link in the message do?
        It asks. Nothing is decided by opening a link, which programs do as well.
    And the button of the mail program (one click)?
        Nothing can be asked there, and who presses it wants peace: it means everything.
    """

    # the routes of Odoo, as they are
    @http.route()
    def mailing_confirm_unsubscribe(
        self, mailing_id, document_id=None, email=None, hash_token=None
    ):
        """Offer both, before anything is decided."""
        response = super().mailing_confirm_unsubscribe(
            mailing_id, document_id=document_id, email=email, hash_token=hash_token
        )
        mailing = request.env["mailing.mailing"].sudo().browse(mailing_id)
        response.qcontext["nurture_sequence"] = mailing.nurture_sequence_id
        return response

    @http.route()
    def mailing_confirm_unsubscribe_post(
        self, mailing_id, document_id=None, email=None, hash_token=None, scope=None
    ):
        """Do what was chosen: leave the sequence, or everything."""
        found, token = self._fetch_user_information(email, hash_token)
        if scope == "sequence" and self._nurture_leave(mailing_id, document_id, found, token):
            return request.render(
                "crm_lifecycle.nurture_unsubscribed",
                {
                    "mailing_id": mailing_id,
                    "document_id": document_id,
                    "email": email,
                    "hash_token": hash_token,
                    "privacy_preference_url": self._privacy_preference_url(found),
                },
            )
        response = super().mailing_confirm_unsubscribe_post(
            mailing_id, document_id=document_id, email=email, hash_token=hash_token
        )
        # Odoo has checked the link; its own page of settings knows lists alone
        mailing = request.env["mailing.mailing"].sudo().browse(int(mailing_id))
        choices = mailing.nurture_sequence_id and self._privacy_preference_url(found)
        if choices:
            response.qcontext["settings_url"] = choices
        return response

    @http.route()
    def mailing_unsubscribe(
        self, mailing_id, document_id=None, email=None, hash_token=None, **_post
    ):
        """Ask first; only the button of a mail program decides at once."""
        mailing = request.env["mailing.mailing"].sudo().browse(mailing_id).exists()
        if request.httprequest.method != "POST" and mailing.nurture_sequence_id:
            asked = {"document_id": document_id, "email": email, "hash_token": hash_token}
            query = urlencode({key: value for key, value in asked.items() if value})
            return request.redirect(f"/mailing/{mailing_id}/confirm_unsubscribe?{query}")
        return super().mailing_unsubscribe(
            mailing_id, document_id=document_id, email=email, hash_token=hash_token
        )

    def _mailing_unsubscribe_from_document(self, mailing, document_id, email, hash_token):
        """Who wants nothing any more is out of the sequence as well."""
        if mailing.nurture_sequence_id:
            self._nurture_opt_out(mailing, email)
        return super()._mailing_unsubscribe_from_document(mailing, document_id, email, hash_token)

    def _nurture_leave(self, mailing_id, document_id, email, token):
        """Let who has the link leave the sequence; tell whether the message is of one.

        :raise Unauthorized: the link is not that of the message
        """
        try:
            mailing = self._check_mailing_email_token(
                int(mailing_id), document_id, email, token, required_mailing_id=True
            )
        except NotFound as error:  # as Odoo: nobody learns which numbers exist
            raise Unauthorized from error
        if mailing.nurture_sequence_id:
            self._nurture_opt_out(mailing, email)
        return bool(mailing.nurture_sequence_id)

    @staticmethod
    def _nurture_opt_out(mailing, email):
        """Let an address leave the sequence of a message; the link has been checked."""
        mailing.nurture_sequence_id._opt_out_by(mailing, email_normalize(email or ""))


class NurtureSmsController(MailingSMSController):
    """Who stops the SMS of a sequence is out of the sequence as well."""

    @http.route()
    def blacklist_number(self, mailing_id, trace_code, **post):
        """Let the person leave the sequence."""
        response = super().blacklist_number(mailing_id, trace_code, **post)
        trace = self._check_trace(mailing_id, trace_code).get("trace")
        number = post.get("sms_number", "").strip()
        for found in (trace or []) and trace.filtered(lambda one: one.sms_number == number):
            sequence = found.mass_mailing_id.nurture_sequence_id
            if sequence:
                record = request.env[found.model].sudo().browse(found.res_id).exists()
                sequence._leave_by_number(record, number)
        return response
