from odoo import fields, models


class CrmPrivacyRequestRecipient(models.Model):
    """Somebody who had got the data, and must be told what became of them (article 19).

    For which requests?
        Rectification, erasure, restriction. The person may ask who was told.
    """

    _name = "crm.privacy.request.recipient"
    _description = "Recipient of Data to Be Told"
    _order = "request_id, id"

    request_id = fields.Many2one(
        "crm.privacy.request", required=True, ondelete="cascade", index=True
    )
    name = fields.Char("Recipient", required=True, help="A company or service, not a person.")
    notified_at = fields.Date("Told On")
    note = fields.Char(help="How they were told, or why this is impossible or excessive.")

    def action_notified(self):
        """Note that the recipient is told today."""
        self.write({"notified_at": fields.Date.context_today(self)})
