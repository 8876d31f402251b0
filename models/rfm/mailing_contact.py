from odoo import models


class MailingContact(models.Model):
    """People of mailing lists get the suggestions of the contact with their address, if any."""

    _name = "mailing.contact"
    _inherit = ["mailing.contact", "crm.suggestion.mixin"]

    def _suggestion_partners(self):
        partners = self.env["res.partner"].sudo()
        emails = [email for email in self.mapped("email_normalized") if email]
        found = partners.search([("email_normalized", "in", emails)], order="id desc")
        by_email = {partner.email_normalized: partner for partner in found}
        return {contact.id: by_email.get(contact.email_normalized, partners) for contact in self}
