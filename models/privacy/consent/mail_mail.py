from odoo import models

PLACEHOLDER = "/privacy/preferences"


class MailMail(models.Model):
    """A mailing may link to the preference page of the person who reads it.

    How?
        With a link to /privacy/preferences in its text. It becomes the signed link of each
        recipient, as Odoo does with the link to unsubscribe.
    """

    _inherit = "mail.mail"

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """Give each recipient the own link."""
        mails = super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
        if self.mailing_id and self.res_id:
            base = self.mailing_id.get_base_url()
            for values in mails:
                self._privacy_link(values, base)
        return mails

    def _privacy_link(self, values, base):
        """Put the link of the recipient where the text has the general one."""
        general = f'{base}{PLACEHOLDER}"'
        body = values["body"] or ""
        if general not in body or self.env.context.get("mailing_test_mail"):
            return
        if self.model in ("res.partner", "crm.lead", "mailing.contact"):
            record = self.env[self.model].browse(self.res_id)
            url = self.env["crm.privacy.preference"]._url(record, base)
            if url:
                values["body"] = body.replace(general, f'{url}"')
