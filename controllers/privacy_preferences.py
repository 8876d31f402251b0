from werkzeug.exceptions import NotFound
from werkzeug.urls import url_encode

from odoo import http
from odoo.http import request
from odoo.tools import email_normalize

from ..models.privacy.consent import signed_link

ROUTE = {"type": "http", "auth": "public", "website": True, "multilang": False, "sitemap": False}
REQUESTS = ("access", "rectification", "erasure")
#: Where a visitor goes who may begin again.
PAGES = {
    "preferences": "/privacy/preferences",
    "subscribe": "/privacy/subscribe",
    "confirm": "/privacy/subscribe",
}
#: Longer texts are not from a person who fills in a form.
MAX_TEXT = 2_000


class PrivacyPreferences(http.Controller):
    """The public pages of consents: choose, subscribe, confirm.

    What does a visit change?
        Nothing: mail scanners follow links. Only a form that is sent changes something, and it
        carries a token against forgery.
    What do the pages tell strangers?
        Nothing: whoever types an address gets the same answer, as fast, whether we know it.
    In which language?
        In that of the visitor, or the one chosen by a link of the page.
    Do they need JavaScript?
        No.
    """

    # ------------------------------------------------------------
    # The preference page
    # ------------------------------------------------------------

    @http.route("/privacy/preferences", methods=["GET", "POST"], **ROUTE)
    def ask_for_link(self, **post):
        """Ask for the own link, by an address."""
        self._speak(post)
        if request.httprequest.method == "GET":
            return self._render("privacy_ask_page")
        return self._take_address("link", post)

    @http.route("/privacy/preferences/<string:token>", methods=["GET"], **ROUTE)
    def preferences(self, token, **query):
        """Show the choices of a person."""
        state, record = self._open(token)
        if not record:
            return self._refuse("preferences", state, query)
        self._speak({"lang": self._preferences()._lang(record), **query})
        return self._render(
            "privacy_preference_page",
            token=token,
            masked=self._masked(record.email_normalized),
            choices=self._preferences()._choices(record),
            message=query.get("done"),
        )

    @http.route("/privacy/preferences/<string:token>", methods=["POST"], **ROUTE)
    def save_preferences(self, token, **post):
        """Note what the person chose."""
        return self._change(token, post, self._save_choices)

    @http.route("/privacy/preferences/<string:token>/nothing", methods=["POST"], **ROUTE)
    def nothing_any_more(self, token, **post):
        """Note that the person wants nothing any more."""
        return self._change(token, post, self._save_nothing)

    @http.route("/privacy/preferences/<string:token>/request", methods=["POST"], **ROUTE)
    def ask_about_data(self, token, **post):
        """Open a request for a copy, a correction or the erasure of the data."""
        return self._change(token, post, self._save_request)

    def _change(self, token, post, save):
        """Do what a form of the preference page asks, and show the page again."""
        self._speak(post)
        state, record = self._open(token)
        if not record:
            return self._refuse("preferences", state, post)
        limits = (("link", token), ("ip", request.httprequest.remote_addr))
        if not self._within("preferences", limits):
            return self._refuse("preferences", "too_many", post)
        done = save(record, post)
        query = {"done": done, "lang": request.env.lang}
        return request.redirect(f"/privacy/preferences/{token}?{url_encode(query)}", 303)

    def _save_choices(self, record, post):
        chosen = request.httprequest.form.getlist("choice")
        self._preferences()._save(record, set(chosen), **self._proof())
        return "saved"

    def _save_nothing(self, record, post):
        self._preferences()._nothing_any_more(record, **self._proof())
        return "nothing"

    def _save_request(self, record, post):
        kind = post.get("type")
        if kind not in REQUESTS:
            raise NotFound()
        email = record.email_normalized
        if not self._within("preferences", [("address", email)]):
            # each of them sends a mail to confirm it
            return "request"
        person = self._preferences()._subject(record)
        request.env["crm.privacy.request"].sudo().create(
            {
                "user_id": False,
                "type": kind,
                "source": "preference",
                "email": email,
                "partner_id": person.id if person._name == "res.partner" else False,
                "lead_id": person.id if person._name == "crm.lead" else False,
                "details": _text(post.get("details"), MAX_TEXT) or False,
                "lang": request.env.lang,
            }
        )
        return "request"

    # ------------------------------------------------------------
    # Subscribing
    # ------------------------------------------------------------

    @http.route("/privacy/subscribe", methods=["GET", "POST"], **ROUTE)
    def subscribe(self, **post):
        """Offer the purposes that anybody may say yes to, and take the address."""
        self._speak(post)
        if request.httprequest.method == "POST":
            return self._take_address("subscribe", post)
        purposes = self._subscribable()
        return self._render("privacy_subscribe_page", purposes=purposes)

    @http.route("/privacy/confirm/<string:token>", methods=["GET"], **ROUTE)
    def confirm(self, token, **query):
        """Ask whether it was you; the button confirms, the visit does not."""
        link, row = self._read_confirm(token)
        if not row:
            return self._refuse("confirm", link.state, query)
        self._speak({"lang": row.lang, **query})
        row = row.with_context(lang=request.env.lang)
        return self._render("privacy_confirm_page", token=token, subscription=row)

    @http.route("/privacy/confirm/<string:token>", methods=["POST"], **ROUTE)
    def do_confirm(self, token, **post):
        """Note the yes, once."""
        self._speak(post)
        link, row = self._read_confirm(token)
        if not row:
            return self._refuse("confirm", link.state, post)
        if not signed_link._spend(request.env, "confirm", token):
            return self._refuse("confirm", signed_link.USED, post)
        consents = row.with_context(lang=request.env.lang)._confirm()
        url = self._preferences()._url(consents[:1], "") if consents else False
        return self._render("privacy_confirmed_page", preference_url=url)

    def _read_confirm(self, token):
        """Give what a confirming link says, and the address it confirms."""
        link = signed_link._read(request.env, "confirm", token)
        if link.state != signed_link.VALID:
            return link, None
        payload = link.payload
        if not (isinstance(payload, list) and len(payload) == 1 and isinstance(payload[0], int)):
            return signed_link.Link(signed_link.TAMPERED), None
        row = request.env["crm.privacy.subscription"].sudo().browse(payload).exists()
        return (link, row) if row else (signed_link.Link(signed_link.EXPIRED), None)

    def _take_address(self, kind, post):
        """Take an address from a form; the answer is the same for all of them."""
        page = "subscribe" if kind == "subscribe" else "preferences"
        email = email_normalize(_text(post.get("email"), 254))
        purposes = self._chosen_purposes() if kind == "subscribe" else None
        if not email or (kind == "subscribe" and not purposes):
            name = "privacy_subscribe_page" if kind == "subscribe" else "privacy_ask_page"
            return self._render(name, purposes=self._subscribable(), incomplete=True)
        limits = (("ip", request.httprequest.remote_addr), ("address", email))
        if not self._within(page, limits):
            return self._refuse(page, "too_many", post)
        if not post.get("website"):
            # programs fill in the field that people do not see
            request.env["crm.privacy.subscription"].sudo()._ask(
                kind,
                email,
                purposes=purposes,
                lang=request.env.lang,
                url=request.httprequest.base_url,
            )
        return self._render("privacy_asked_page", subscribing=kind == "subscribe")

    def _subscribable(self):
        """Give the purposes that anybody may say yes to by e-mail."""
        purposes = request.env["crm.privacy.purpose"].sudo()
        found = purposes.search(purposes._public_domain(request.env.company))
        return found.filtered(
            lambda purpose: (
                purpose.by_email and purpose.legal_basis in ("consent", "legitimate_interests")
            )
        )

    def _chosen_purposes(self):
        chosen = request.httprequest.form.getlist("purpose")
        return self._subscribable().filtered(lambda purpose: str(purpose.id) in chosen)

    # ------------------------------------------------------------
    # What all pages share
    # ------------------------------------------------------------

    def _preferences(self):
        return request.env["crm.privacy.preference"].sudo()

    def _open(self, token):
        return self._preferences()._open(token)

    def _proof(self):
        """Give how somebody said it on this page."""
        return {
            "url": request.httprequest.base_url.split("/privacy/")[0] + "/privacy/preferences",
            "wording_lang": request.env.lang,
            "user_id": False,
        }

    def _within(self, page, limits):
        """Count a form, and tell whether it is within all limits."""
        attempts = request.env["crm.privacy.attempt"].sudo()
        return all(attempts._allow(kind, value) for kind, value in limits)

    def _refuse(self, page, reason, values):
        """Say politely that a link does not work, and leave a trace."""
        self._speak(values)
        if reason != "too_many" and not self._within(
            page, (("ip", request.httprequest.remote_addr),)
        ):
            reason = "too_many"
        request.env["crm.privacy.refusal"].sudo()._note(page, reason)
        response = self._render("privacy_refused_page", reason=reason, page=page, path=PAGES[page])
        response.status_code = 429 if reason == "too_many" else 403
        return response

    def _lang(self, values):
        """Give the chosen language, if it is installed; else that of the visitor."""
        installed = dict(request.env["res.lang"].sudo().get_installed())
        chosen = str(values.get("lang") or "")
        return chosen if chosen in installed else request.env.lang or "en_US"

    def _speak(self, values):
        """Go on in the chosen language."""
        request.update_context(lang=self._lang(values))

    def _languages(self):
        """Give the languages to choose between, each by its own name."""
        languages = request.env["res.lang"].sudo().search([("active", "=", True)])
        return [(lang.code, lang.name.split("/")[-1].strip()) for lang in languages]

    def _masked(self, email):
        """Give enough of an address to recognise it by."""
        name, _at, domain = email.partition("@")
        return f"{name[:2]}…@{domain}"

    def _render(self, template, query=None, /, **values):
        """Show a page that no cache keeps and no other site learns the link of.

        :param dict query: what the visitor sent, to go on in the language chosen there
        """
        self._speak(query or {"lang": request.env.lang})
        values = {
            "lang": request.env.lang,
            "languages": self._languages(),
            "path": request.httprequest.path,
            "purposes": values.pop("purposes", request.env["crm.privacy.purpose"]),
            "no_header": True,
            "no_footer": True,
            "no_livechat": True,
            **values,
        }
        response = request.render(f"crm_lifecycle.{template}", values)
        response.flatten()
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        return response


def _text(value, most):
    """Give what somebody typed, without what no database takes, and not longer than this."""
    return str(value or "").replace("\0", "").strip()[:most]
