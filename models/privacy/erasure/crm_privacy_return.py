from odoo import api, fields, models

MODELS = [
    ("res.partner", "Contact"),
    ("crm.lead", "Lead"),
    ("mailing.contact", "Mailing contact"),
]


class CrmPrivacyReturn(models.Model):
    """One record with which an erased address came back, and the way it came.

    It names no person: it only points to the new record.
    """

    _name = "crm.privacy.return"
    _description = "Return of an Erased Address"
    _order = "date desc, id desc"

    suppression_id = fields.Many2one(
        "crm.privacy.suppression", required=True, ondelete="cascade", index=True, readonly=True
    )
    res_model = fields.Selection(MODELS, "Came Back As", required=True, readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    origin = fields.Selection(
        [
            ("import", "Import of a file"),
            ("public", "Form or e-mail"),
            ("user", "Entered by a user"),
        ],
        required=True,
        readonly=True,
    )

    @api.model
    def _origin_of_context(self):
        """Tell in which way the record that is being created comes."""
        if self.env.context.get("import_file"):
            return "import"
        user = self.env.user
        return "public" if user._is_public() or user._is_superuser() or user.share else "user"

    def action_open_record(self):
        """Open the record, for those who may see it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
