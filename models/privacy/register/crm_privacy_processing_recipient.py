from odoo import api, fields, models

from . import legal


class CrmPrivacyProcessingRecipient(models.Model):
    """Who gets the data of a processing, and what protects them abroad (art. 30(1) d and e)."""

    _name = "crm.privacy.processing.recipient"
    _description = "Recipient of Data"
    _inherit = ["crm.privacy.processing.line.mixin"]

    name = fields.Char("Recipient", required=True, translate=True)
    kind = fields.Selection(
        [
            ("internal", "Service of the company"),
            ("processor", "Processor"),
            ("third", "Third party"),
            ("authority", "Public authority"),
        ],
        required=True,
        default="internal",
    )
    country_id = fields.Many2one("res.country", ondelete="restrict")
    is_transfer = fields.Boolean(
        "Outside of the European Economic Area", compute="_compute_is_transfer", store=True
    )
    safeguard = fields.Selection(legal.SAFEGUARDS, "Safeguards")
    safeguard_note = fields.Char(
        "Document", translate=True, help="Which contract or decision, and where it is kept."
    )

    @api.depends("country_id")
    def _compute_is_transfer(self):
        for recipient in self:
            recipient.is_transfer = legal.is_transfer(recipient.country_id.code)

    def _line_words(self):
        labels = dict(self._fields["safeguard"]._description_selection(self.env))
        parts = [self.name, self.country_id.name, labels.get(self.safeguard), self.safeguard_note]
        return ", ".join(part for part in parts if part)
