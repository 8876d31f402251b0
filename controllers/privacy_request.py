import logging

from odoo import http
from odoo.http import content_disposition, request
from odoo.tools import email_normalize

from ..models.privacy.request.crm_privacy_request import TYPES

_logger = logging.getLogger(__name__)

# How often one network address may send the form within an hour, and one e-mail address get
# a mail within a day. Who is above the first is told so; above the second nothing is sent,
# and the answer is the same.
MOST_BY_ADDRESS = 20
MOST_MAILS = 3
MOST_CHARACTERS = {"name": 200, "email": 254, "phone": 40, "details": 5000}
# nobody sees this field, so only a program fills it in
HONEYPOT = "website_url"


class PrivacyRequest(http.Controller):
    """The public pages of the requests of persons.

    Do the pages tell whether somebody is known?
        No: the form looks nothing up, whatever is entered.
    Do links change anything when they are opened?
        No: they show a page with a button, because programs that check mails open links too.
    """

    # ------------------------------------------------------------
    # The form
    # ------------------------------------------------------------

    @http.route(
        "/privacy/request", type="http", auth="public", website=True, sitemap=False, methods=["GET"]
    )
    def privacy_request_form(self, **values):
        """Show the form."""
        return self._page("form", self._form_values(values))

    @http.route(
        "/privacy/request",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["POST"],
    )
    def privacy_request_send(self, **values):
        """Take a request, and say that a mail is on its way."""
        form = self._form_values(values)
        address = request.httprequest.remote_addr
        if not self._allow("request", address, MOST_BY_ADDRESS):
            return self._message("too_many", status=429)
        if values.get(HONEYPOT):
            return self._message("sent")
        if problem := self._problem(form):
            return self._page("form", {**form, "problem": problem}, status=422)
        if self._allow("request_mail", email_normalize(form["email"]), MOST_MAILS, hours=24):
            self._receive(form)
        return self._message("sent")

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
        details = [form["name"], form["details"]]
        request.env["crm.privacy.request"].sudo()._receive(
            {
                "type": form["type"],
                "source": "form",
                "email": email_normalize(form["email"]),
                "phone": form["phone"],
                "details": "\n".join(filter(None, details)),
                "lang": request.env.lang,
                "company_id": request.env.company.id,
            }
        )

    # ------------------------------------------------------------
    # The mailed links
    # ------------------------------------------------------------

    @http.route(
        "/privacy/request/confirm/<string:token>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["GET"],
    )
    def privacy_request_confirm(self, token, **_values):
        """Show what is confirmed, with a button."""
        person, link = self._read("request_confirm", token)
        if not person:
            return self._bad_link(link)
        if person.state != "new":
            return self._message("again", person=person)
        return self._page("confirm", {"person": person, "token": token})

    @http.route(
        "/privacy/request/confirm/<string:token>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["POST"],
    )
    def privacy_request_confirmed(self, token, **_values):
        """Confirm the request."""
        person, link = self._read("request_confirm", token)
        if not person:
            return self._bad_link(link)
        if not person._confirm_by_link():
            return self._message("again", person=person)
        return self._message("confirmed", person=person)

    @http.route(
        "/privacy/request/archive/<string:token>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["GET"],
    )
    def privacy_request_archive(self, token, **_values):
        """Show the button to download."""
        person, link = self._read("request_archive", token)
        if not person:
            return self._bad_link(link)
        if person.copy_state != "delivered":
            return self._message("gone", status=410)
        return self._page("download", {"person": person, "token": token})

    @http.route(
        "/privacy/request/archive/<string:token>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["POST"],
    )
    def privacy_request_download(self, token, **_values):
        """Give the archive, and count it."""
        person, link = self._read("request_archive", token)
        if not person:
            return self._bad_link(link)
        content = person._download(link.payload)
        if content is None:
            return self._message("gone", status=410)
        headers = [
            ("Content-Type", "application/zip"),
            ("Content-Disposition", content_disposition(person.archive_id.name)),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(content, headers)

    # ------------------------------------------------------------
    # The register
    # ------------------------------------------------------------

    @http.route("/privacy/request/register.csv", type="http", auth="user", methods=["GET"])
    def privacy_request_register(self, **_values):
        """Give the register of requests as CSV, without the persons."""
        requests = request.env["crm.privacy.request"]
        requests.check_access("read")
        content = requests._register_csv()
        headers = [
            ("Content-Type", "text/csv; charset=utf-8"),
            ("Content-Disposition", content_disposition("requests.csv")),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(content, headers)

    def _read(self, scope, token):
        """Give the request of a mailed link; none for a program that tries many links."""
        requests = request.env["crm.privacy.request"].sudo()
        return requests._read_link(scope, token)

    def _bad_link(self, link):
        """Say politely that a link is not good, and leave a trace."""
        address = request.httprequest.remote_addr
        _logger.info("Privacy request: %s link from %s", link.state, address)
        if not self._allow("request_link", address, MOST_BY_ADDRESS):
            return self._message("too_many", status=429)
        name = "expired" if link.state == "expired" else "invalid"
        return self._message(name, status=410 if name == "expired" else 404)

    # ------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------

    def _allow(self, scope, value, most, hours=1):
        """Tell whether somebody may use a page once more."""
        return request.env["crm.privacy.attempt"].sudo()._allow(scope, value, most, hours)

    def _message(self, name, status=200, **values):
        """Show the page that says what has happened."""
        return self._page("message", {"message": name, **values}, status=status)

    def _page(self, name, values, status=200):
        """Render a page that no cache and no other site gets."""
        values = {
            "types": request.env["crm.privacy.request"]
            ._fields["type"]
            ._description_selection(request.env),
            "company": request.env.company.sudo(),
            "honeypot": HONEYPOT,
            **values,
        }
        response = request.render(f"crm_lifecycle.privacy_request_{name}", values, status=status)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["X-Robots-Tag"] = "noindex"
        return response
