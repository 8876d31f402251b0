from odoo import models


class MailComposeMessage(models.TransientModel):
    """Mails to many people pass the gate; a mail that somebody writes to one person does not.

    Where does it show?
        In the statistics of the mailing, cancelled, with the reason.
    """

    _inherit = "mail.compose.message"

    def _process_mail_values_state(self, mail_values_dict):
        """Cancel what may not be sent, unless it is cancelled already."""
        values = super()._process_mail_values_state(mail_values_dict)
        if self.composition_mode == "mass_mail" and self.model:
            for record_id, ground in self._privacy_refusals(values).items():
                values[record_id].update(
                    state="cancel",
                    failure_type="privacy" if self._is_mass_mailing() else "mail_optout",
                    failure_reason=ground.text,
                    is_notification=False,
                )
        return values

    def _privacy_refusals(self, mail_values_dict):
        """Give the grounds on which mails may not be sent."""
        open_ids = [
            record_id
            for record_id, values in mail_values_dict.items()
            if values.get("state") not in ("cancel", "exception")
        ]
        if self.mass_mailing_id:
            grounds = self.mass_mailing_id._privacy_grounds(open_ids)
        else:
            records = self.env[self.model].browse(open_ids)
            nothing_said = self.env["crm.privacy.purpose"]
            grounds = (
                self.env["crm.privacy.consent"].sudo()._grounds(records, nothing_said, "email")
            )
        return {record_id: ground for record_id, ground in grounds.items() if not ground.allowed}

    def _prepare_mail_values_mailing_traces(self, mail_values_all):
        """Say in the statistics why somebody was left out."""
        traces = super()._prepare_mail_values_mailing_traces(mail_values_all)
        for record_id, values in mail_values_all.items():
            if values.get("failure_type") == "privacy":
                traces[record_id]["failure_reason"] = values["failure_reason"]
        return traces
