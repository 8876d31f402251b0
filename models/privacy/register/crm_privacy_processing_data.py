from odoo import fields, models


class CrmPrivacyProcessingData(models.Model):
    """A category of data of a processing, and how long it is kept (art. 30(1) c and f)."""

    _name = "crm.privacy.processing.data"
    _description = "Category of Data"
    _inherit = ["crm.privacy.processing.line.mixin"]

    name = fields.Char("Category", required=True, translate=True)
    detail = fields.Char("Which Data", translate=True)
    is_sensitive = fields.Boolean(
        "Sensitive",
        help="Health, opinions, origin, biometrics ... (art. 9) or convictions (art. 10).",
    )
    retention = fields.Char("Kept For", translate=True)
    retention_id = fields.Many2one(
        "crm.privacy.retention",
        "Retention Rule",
        index="btree_not_null",
        ondelete="restrict",
        help="The rule that puts the period into practice.",
    )

    def _line_words(self):
        parts = [self.name, self.detail, self.retention]
        return ", ".join(part for part in parts if part)
