from odoo import fields, models


class MailMail(models.Model):
    """Messages to the persons of a breach tell the register whether they went out."""

    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Note the outcome before Odoo removes the message."""
        told = self.filtered(lambda mail: mail.model == "crm.privacy.breach.recipient")
        if told:
            told._note_told(str(failure_reason or failure_type or ""))
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )

    def _note_told(self, reason):
        """Note the outcome on the persons who are told about a breach."""
        rows = self.env["crm.privacy.breach.recipient"].sudo().browse(self.mapped("res_id"))
        rows.exists().filtered(lambda row: row.state != "sent").write(
            {
                "state": "failed" if reason else "sent",
                "date": False if reason else fields.Datetime.now(),
                "reason": reason[:200] or False,
            }
        )
