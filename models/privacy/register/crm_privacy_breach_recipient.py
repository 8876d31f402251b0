from odoo import fields, models
from odoo.exceptions import UserError


class CrmPrivacyBreachRecipient(models.Model):
    """Somebody who is told about a breach, by e-mail or by a letter (art. 34).

    Can it change?
        Only by the mail queue, which notes whether the e-mail went out, and by the officer, who
        notes that a letter was posted.
    """

    _name = "crm.privacy.breach.recipient"
    _description = "Person Told about a Breach"
    _order = "channel, id"
    _rec_name = "partner_id"

    breach_id = fields.Many2one(
        "crm.privacy.breach", required=True, index=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one(related="breach_id.company_id")
    partner_id = fields.Many2one(
        "res.partner", "Person", index=True, ondelete="set null", readonly=True
    )
    notice_id = fields.Many2one(
        "crm.privacy.breach.notice", "Message", required=True, ondelete="restrict", readonly=True
    )
    channel = fields.Selection(
        [("email", "E-mail"), ("letter", "Letter")], required=True, readonly=True
    )
    state = fields.Selection(
        [("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Not delivered")],
        required=True,
        default="waiting",
        readonly=True,
        index=True,
    )
    date = fields.Datetime("Told On", readonly=True)
    reason = fields.Char("Why Not", readonly=True)
    mail_id = fields.Many2one("mail.mail", index="btree_not_null", ondelete="set null")

    _once = models.UniqueIndex(
        "(breach_id, partner_id) WHERE partner_id IS NOT NULL",
        "A person is told once about a breach.",
    )

    def action_posted(self):
        """Note that letters were posted."""
        letters = self.filtered(lambda row: row.channel == "letter" and row.state == "waiting")
        if not letters:
            raise UserError(self.env._("Select letters that were not posted yet."))
        self.check_access("read")
        self.env["crm.privacy.breach"].check_access("write")
        letters.sudo().write({"state": "sent", "date": fields.Datetime.now()})

    def action_print(self):
        """Print the letters."""
        letters = self.filtered(lambda row: row.channel == "letter")
        if not letters:
            raise UserError(self.env._("Select persons who are told by letter."))
        report = self.env.ref("crm_lifecycle.crm_privacy_breach_letter_report")
        return report.report_action(letters, config=False)

    def _mail_values(self):
        """Give the e-mail to one person."""
        company = self.breach_id.company_id
        return {
            "subject": self.notice_id.subject,
            "body_html": self.notice_id.body,
            "email_from": company.privacy_dpo_email or company.email_formatted,
            "reply_to": company.privacy_dpo_email or company.email_formatted,
            "recipient_ids": [fields.Command.link(self.partner_id.id)],
            "model": self._name,
            "res_id": self.id,
            "auto_delete": True,
        }
