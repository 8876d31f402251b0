from odoo import models

from .crm_nurture_enrollment_run import BATCH


class KnownRecipients(dict):
    """What was found out about the addresses of records, for one use of the composer."""


class MailComposeMessage(models.TransientModel):
    """Messages of sequences: once at an address, by the deliveries and not by the mailing.

    Odoo sends a mailing once to an address, ever. Somebody who comes into a sequence again gets
    it again; another lead with the same address does not.
    """

    _inherit = "mail.compose.message"

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        """Take as many at once as the engine does, and not Odoo's fifty, unless somebody set it.

        What is asked once per batch is asked less often.
        """
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

    def _get_recipients_data(self, mail_values_dict):
        """Read the addresses of each record once, if somebody keeps them."""
        known = self.env.context.get("nurture_recipients")
        if not isinstance(known, KnownRecipients):
            return super()._get_recipients_data(mail_values_dict)
        unknown = {key: value for key, value in mail_values_dict.items() if key not in known}
        known.update(super()._get_recipients_data(unknown))
        return {key: known[key] for key in mail_values_dict}

    def _get_done_emails(self, mail_values_dict):
        """Leave it to the deliveries who had the message."""
        if self.mass_mailing_id.sudo().nurture_sequence_id:
            return []
        return super()._get_done_emails(mail_values_dict)

    def _process_mail_values_state(self, mail_values_dict):
        """Cancel what an address has had, or is about to get, as another record."""
        values = super()._process_mail_values_state(mail_values_dict)
        mailing = self.mass_mailing_id.sudo()
        if mailing.nurture_sequence_id:
            going = {
                key: value
                for key, value in values.items()
                if value.get("state") not in ("cancel", "exception")
            }
            for record_id in mailing._nurture_doubles(self._get_recipients_data(going)):
                values[record_id].update(state="cancel", failure_type="mail_dup")
        elif mailing.keeps_cap:
            self._nurture_delay(mailing, values)
        return values

    def _nurture_delay(self, mailing, mail_values_dict):
        """Let an ordinary mailing wait for who got enough messages lately."""
        open_ids = [
            key
            for key, value in mail_values_dict.items()
            if value.get("state") not in ("cancel", "exception")
        ]
        for record_id, moment in mailing._full_until(open_ids).items():
            mail_values_dict[record_id]["scheduled_date"] = moment
