from odoo import models

from .mailing_mailing import BATCH


class MailComposeMessage(models.TransientModel):
    """Messages of sequences: once at an address, by the deliveries and not by the mailing.

    Odoo sends a mailing once to an address, ever. Somebody who comes into a sequence again gets
    it again; another lead with the same address does not.
    """

    _inherit = "mail.compose.message"

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        """Take more at once than Odoo does, unless somebody set how many."""
        sequence = self.mass_mailing_id.sudo().nurture_sequence_id
        size = self.env["ir.config_parameter"].sudo().get_param("mail.batch_size")
        if sequence and not size and len(res_ids) <= BATCH:
            return self._nurture_queue(res_ids)
        return super()._action_send_mail_mass_mail(res_ids, auto_commit=auto_commit)

    def _nurture_queue(self, res_ids):
        """Do what Odoo does with each fifty, for all at once."""
        values = self._manage_mail_values(self._prepare_mail_values(res_ids))
        mails = self.env["mail.mail"].sudo().create(list(values.values()))
        self.env["mail.notification"].create(self._generate_mail_notification_values(mails))
        self.env[self.model].browse(values)._message_mail_after_hook(mails)
        return mails

    def _get_done_emails(self, mail_values_dict):
        """Ask which of these addresses had it as another record."""
        mailing = self.mass_mailing_id.sudo()
        if not mailing.nurture_sequence_id:
            return super()._get_done_emails(mail_values_dict)
        recipients = self._get_recipients_data(mail_values_dict)
        return mailing._nurture_seen(
            {key: info["mail_to_normalized"] for key, info in recipients.items()}
        )
