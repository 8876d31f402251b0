from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import split_every

# Persons of one erasure: texts are searched for all of them in one go.
PERSONS = 20


class CrmPrivacyErasure(models.AbstractModel):
    """Erasing persons whom nobody asked to erase: the time to keep them is over.

    Is that less careful than a request?
        No: it is a request like any other, with plan, run, search for what is left and entry in
        the register; made, verified and approved by the rule that it names.
    Who is left out?
        Active employees and the contacts of the own companies.
    """

    _inherit = "crm.privacy.erasure"

    @api.model
    def _erase(self, partners, leads, origin):
        """Erase contacts and leads; return the requests that do it, some in the background.

        :param str origin: the rule that decided it, for the register
        """
        partners = self._erasable_partners(partners.sudo())
        leads = leads.sudo()
        requests = self.env["crm.privacy.request"].sudo()
        for ids in split_every(PERSONS, partners.ids):
            persons = partners.browse(ids)
            linked = leads.search([("partner_id", "in", ids), ("active", "in", (True, False))])
            linked -= linked._privacy_of_others()
            requests |= self._erase_batch(persons, linked, origin)
            leads -= linked
        for ids in split_every(PERSONS, leads.ids):
            requests |= self._erase_batch(partners.browse(), leads.browse(ids), origin)
        return requests

    def _erasable_partners(self, partners):
        """Leave out active employees and own companies."""
        employees = partners.with_context(active_test=True).user_ids.filtered(
            lambda user: not user.share
        )
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        own = companies.search([("partner_id", "in", partners.ids)])
        return partners - employees.partner_id - own.partner_id

    def _erase_batch(self, partners, leads, origin):
        request = (
            self.env["crm.privacy.request"]
            .sudo()
            .with_context(mail_create_nolog=True, tracking_disable=True)
            .create(
                {
                    "type": "erasure",
                    "source": "retention",
                    "details": origin,
                    "user_id": False,
                    "automatic": True,
                    "identity_ids": self._batch_identity(partners, leads),
                }
            )
        )
        now = fields.Datetime.now()
        request.write({"state": "verified", "verified_at": now, "identity_at": now})
        request._plan()
        if request.erasure_state == "planned":
            request._run_automatic()
        return request

    def _batch_identity(self, partners, leads):
        """Give the records of the persons: with their accounts, addresses, newsletters."""
        everything = partners.with_context(active_test=False)
        addresses = everything.child_ids.filtered(lambda child: child.type != "contact")
        emails = [
            email for email in (partners | leads.partner_id).mapped("email_normalized") if email
        ]
        emails += [email for email in leads.mapped("email_normalized") if email]
        contacts = self.env["mailing.contact"].sudo().search([("email_normalized", "in", emails)])
        records = (partners | addresses, leads, everything.user_ids, contacts)
        return [
            Command.create({"res_model": found._name, "res_id": record_id, "confirmed": True})
            for found in records
            for record_id in found.ids
        ]
