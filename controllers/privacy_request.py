from odoo.http import content_disposition, request, route
from odoo.tools import email_normalize

from ..models.privacy.consent import signed_link
from ..models.privacy.request.crm_privacy_request import TYPES
from .privacy_preferences import ROUTE, PrivacyPreferences

MOST_CHARACTERS = {"name": 200, "email": 254, "details": 5_000}


class PrivacyRequest(PrivacyPreferences):
    """The public pages of the requests of persons.

    Do the pages tell whether somebody is known?
        No: the form looks nothing up, whatever is entered.
    Do links change anything when they are opened?
        No: they show a page with a button, because programs that check mails open links too.
    What if somebody sends the form again and again?
        From one network address this is refused. For one mail address no further mail is sent,
        with the same answer.
    """

    # ------------------------------------------------------------
    # The form
    # ------------------------------------------------------------

    @route("/privacy/request", methods=["GET"], **ROUTE)
    def privacy_request_form(self, **values):
        """Show the form."""
        return self._request_page("form", values, **self._form_values(values))

    @route("/privacy/request", methods=["POST"], **ROUTE)
    def privacy_request_send(self, **values):
        """Take a request, and say that a mail is on its way."""
        self._speak(values)
        form = self._form_values(values)
        if not self._within("request", [("ip", request.httprequest.remote_addr)]):
            return self._bad_link("too_many", values)
        if values.get("website"):
            # programs fill in the field that people do not see
            return self._message("sent", values)
        if problem := self._problem(form):
            return self._request_page("form", values, status=422, problem=problem, **form)
        if self._within("request", [("address", email_normalize(form["email"]))]):
            self._receive(form)
        return self._message("sent", values)

    def _form_values(self, values):
        """Give the fields of the form as texts of a limited length."""
        form = {
            name: str(values.get(name) or "").replace("\0", "").strip()[:most]
            for name, most in MOST_CHARACTERS.items()
        }
        kinds = [code for code, _label in TYPES]
        asked = values.get("type")
        return {**form, "type": asked if asked in kinds else kinds[0]}

    def _problem(self, form):
        """Say what is wrong with the form, or nothing."""
        if not email_normalize(form["email"]):
            return request.env._(
                "We need a valid e-mail address, to send you a link that proves it is you."
            )
        if form["type"] == "rectification" and not form["details"]:
            return request.env._("Please write what is wrong, and what is right.")
        return None

    def _receive(self, form):
        """Make the request; the mail to confirm leaves in the background."""
        request.env["crm.privacy.request"].sudo()._receive(
            {
                "type": form["type"],
                "source": "form",
                "email": email_normalize(form["email"]),
                "details": "\n".join(filter(None, [form["name"], form["details"]])),
                "lang": request.env.lang,
                "company_id": request.env.company.id,
            }
        )

    # ------------------------------------------------------------
    # The mailed links
    # ------------------------------------------------------------

    @route("/privacy/request/confirm/<string:token>", methods=["GET"], **ROUTE)
    def privacy_request_confirm(self, token, **values):
        """Show what is confirmed, with a button."""
        person, link = self._read_link("request_confirm", token)
        if not person:
            return self._bad_link(link.state, values)
        if person.state != "new":
            return self._message("again", values, person=person)
        return self._request_page("confirm", values, person=person, token=token)

    @route("/privacy/request/confirm/<string:token>", methods=["POST"], **ROUTE)
    def privacy_request_confirmed(self, token, **values):
        """Confirm the request."""
        person, link = self._read_link("request_confirm", token)
        if not person:
            return self._bad_link(link.state, values)
        name = "confirmed" if person._confirm_by_link() else "again"
        return self._message(name, values, person=person)

    @route("/privacy/request/archive/<string:token>", methods=["GET"], **ROUTE)
    def privacy_request_archive(self, token, **values):
        """Show the button to download."""
        person, link = self._read_link("request_archive", token)
        if not person:
            return self._bad_link(link.state, values)
        if not person._may_download(link.payload):
            return self._message("gone", values, status=410)
        return self._request_page("download", values, person=person, token=token)

    @route("/privacy/request/archive/<string:token>", methods=["POST"], **ROUTE)
    def privacy_request_download(self, token, **values):
        """Give the archive, and count it."""
        person, link = self._read_link("request_archive", token)
        if not person:
            return self._bad_link(link.state, values)
        if not person._may_download(link.payload):
            return self._message("gone", values, status=410)
        return self._file(person._download(), person.archive_id.name, "application/zip")

    def _read_link(self, scope, token):
        """Give the request of a mailed link (none if the link is not good) and the link."""
        return request.env["crm.privacy.request"].sudo()._read_link(scope, token)

    def _bad_link(self, reason, values):
        """Say politely that a link is not good, and leave a trace."""
        if reason != "too_many" and not self._within(
            "request", [("ip", request.httprequest.remote_addr)]
        ):
            reason = "too_many"
        reason = signed_link.TAMPERED if reason == signed_link.VALID else reason
        request.env["crm.privacy.refusal"].sudo()._note("request", reason)
        status = {"too_many": 429, signed_link.EXPIRED: 410}.get(reason, 404)
        return self._message(reason, values, status=status)

    # ------------------------------------------------------------
    # The register
    # ------------------------------------------------------------

    @route("/privacy/request/register.csv", type="http", auth="user", methods=["GET"])
    def privacy_request_register(self, **_values):
        """Give the register of requests as CSV, without the persons."""
        requests = request.env["crm.privacy.request"]
        requests.check_access("read")
        return self._file(requests._register_csv(), "requests.csv", "text/csv; charset=utf-8")

    # ------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------

    def _file(self, content, name, kind):
        """Give a file to keep, which no cache keeps."""
        headers = [
            ("Content-Type", kind),
            ("Content-Disposition", content_disposition(name)),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(content, headers)

    def _message(self, name, values, status=200, person=None):
        """Show the page that says what has happened."""
        return self._request_page("message", values, status=status, message=name, person=person)

    def _request_page(self, page, query, /, status=200, **values):
        """Show a page; it is shown in no frame of another site."""
        self._speak(query)
        selection = request.env["crm.privacy.request"]._fields["type"]
        response = self._render(
            f"privacy_request_{page}",
            types=selection._description_selection(request.env),
            company=request.env.company.sudo(),
            **values,
        )
        response.status_code = status
        response.headers["X-Frame-Options"] = "DENY"
        return response
