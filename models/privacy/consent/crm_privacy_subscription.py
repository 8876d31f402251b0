from odoo import api, fields, models
from odoo.tools import email_normalize

from . import signed_link

CONFIRM_HOURS = 72
KEEP_DAYS = 7


class CrmPrivacySubscription(models.Model):
    """Somebody typed an address into a public form: it is not known yet whose it is.

    What happens then?
        A mail goes to that address, a little later, with a link. Only who can read the mail can
        go on: confirm the subscription, or open the preferences.
    What does the form answer?
        Always the same, and as fast, whether we know the address or not: the address is only
        looked up when the mails are sent.
    What if nobody confirms?
        Nothing was agreed to. The row is deleted after a few days.
    """

    _name = "crm.privacy.subscription"
    _description = "Address Typed into a Public Form"
    _order = "id desc"
    _rec_name = "email"

    kind = fields.Selection(
        [("subscribe", "Subscription"), ("link", "Link to the preferences")], required=True
    )
    email = fields.Char(required=True)
    purpose_ids = fields.Many2many("crm.privacy.purpose", string="Purposes")
    lang = fields.Char("Language")
    url = fields.Char("Page")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    is_sent = fields.Boolean("Mail Sent", index="btree_not_null")
    confirm_url = fields.Char(compute="_compute_urls")
    preference_url = fields.Char(compute="_compute_urls")

    def _compute_urls(self):
        for row in self:
            base = row.company_id.get_base_url()
            token = signed_link._sign(self.env, "confirm", [row.id], CONFIRM_HOURS)
            row.confirm_url = f"{base}/privacy/confirm/{token}"
            row.preference_url = self.env["crm.privacy.preference"]._url_of_email(row.email, base)

    @api.model
    def _ask(self, kind, email, *, purposes=None, url=None, lang=None):
        """Note an address; the mail is sent a little later."""
        normalized = email_normalize(email)
        if not normalized or "\0" in normalized:
            return self.browse()
        row = self.sudo().create(
            {
                "kind": kind,
                "email": normalized,
                "purpose_ids": [fields.Command.set(purposes.ids if purposes else [])],
                "url": url,
                "lang": lang or self.env.lang,
                "company_id": self.env.company.id,
            }
        )
        self.env.ref("crm_lifecycle.ir_cron_crm_privacy_subscription").sudo()._trigger()
        return row

    @api.model
    def _cron_send(self):
        """Send the mails that wait; one bad address does not stop the others."""
        waiting = self.search([("is_sent", "=", False)], order="id", limit=500)
        for row in waiting.try_lock_for_update():
            row._send()
            if not self.env["ir.cron"]._commit_progress(1):
                return

    def _send(self):
        """Send the mail of one row, if there is one to send."""
        self.is_sent = True
        name = "confirm" if self.kind == "subscribe" else "link"
        if name == "link" and not self.preference_url:
            # nobody has this address; whoever typed it learns nothing
            return
        template = self.env.ref(f"crm_lifecycle.mail_template_privacy_{name}")
        template.send_mail(self.id, force_send=False)

    def _confirm(self):
        """Note the yes of somebody who proved to read the mails of the address."""
        self.ensure_one()
        people = self.env["crm.privacy.preference"]._people_of_email(self.email)
        consents = self.env["crm.privacy.consent"]
        for purpose in self.purpose_ids:
            consents |= consents._record(
                people or [{"email_normalized": self.email}],
                "confirmed",
                purpose,
                ["email"],
                source="form",
                url=self.url,
                asked_date=self.create_date,
                wording_lang=self.lang,
                user_id=False,
                company_id=self.company_id.id,
            )
        return consents

    @api.autovacuum
    def _gc_old(self):
        """Forget the addresses: confirmed, they are in the consents."""
        old = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS)
        self.search([("create_date", "<", old)]).unlink()
