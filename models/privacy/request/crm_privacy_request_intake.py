from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain


class CrmPrivacyRequest(models.Model):
    """How requests come in, and how those that nobody confirms go out again.

    Does the public form tell who is known?
        No. It looks nothing up: whatever address is entered, the same row and the same mail
        are made, so the answer and its time are the same.
    What becomes of a request that nobody confirms?
        It is deleted after some days (setting), with its mails. One that an officer or an
        employee entered stays: the officer can confirm the identity in another way.
    """

    _inherit = "crm.privacy.request"

    @api.model
    def _receive(self, values, confirmed=False):
        """Make the request of a person, and ask this person to confirm the address.

        :param values: type, email, company_id, and what else is known
        :param confirmed: the person came by a signed link to this address already
        """
        request = self.sudo().create({"source": "form", "user_id": False, **values})
        if confirmed:
            request._verify("link")
        elif request.email_normalized:
            request._send("received")
        return request

    @api.model_create_multi
    def create(self, vals_list):
        """Ask to confirm what comes from the preference centre: its links may be forwarded."""
        requests = super().create(vals_list)
        requests.filtered(lambda request: request.source == "preference")._send("received")
        return requests

    @api.autovacuum
    def _gc_unverified(self):
        """Delete the requests of the public pages that nobody confirmed."""
        now = fields.Datetime.now()
        companies = self.env["res.company"].sudo().search(Domain.TRUE)
        domain = Domain.OR(
            Domain("company_id", "in", [company.id for company in companies_of_days])
            & Domain("received_at", "<", now - timedelta(days=days))
            for days, companies_of_days in companies.grouped("privacy_unverified_days").items()
        )
        unverified = Domain("state", "=", "new") & Domain("source", "in", ("form", "preference"))
        stale = self.sudo().search(unverified & domain, limit=1000)
        stale._forget_mails()
        stale.unlink()
        return len(stale), self.sudo().search_count(unverified & domain, limit=1)

    def _forget_mails(self):
        """Delete what the mail queue holds of these requests."""
        domain = [("model", "=", self._name), ("res_id", "in", self.ids)]
        self.env["mail.mail"].sudo().search(domain).unlink()
