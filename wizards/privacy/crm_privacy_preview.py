from odoo import api, fields, models

GROUNDS = [
    ("consent", "Agreed"),
    ("customer", "Customers, for similar products"),
    ("professional", "Professionals, until they object"),
    ("generic", "Addresses of houses"),
    ("until_objection", "Until they object"),
    ("contract", "Needed for a contract"),
    ("legal_obligation", "Required by law"),
    ("vital_interests", "Vital interests"),
    ("public_task", "Public task"),
    ("not_checked", "No purpose given"),
    ("no_consent", "Have not agreed"),
    ("expired", "Agreed too long ago"),
    ("refused", "Said no"),
    ("withdrawn", "Objected"),
    ("unsubscribed", "Left the mailing list"),
    ("excluded", "On the exclusion list"),
    ("restricted", "Asked that their data be kept but not used"),
]


class CrmPrivacyPreview(models.TransientModel):
    """Who would get a mailing, and who is left out, by ground; before it is sent."""

    _name = "crm.privacy.preview"
    _description = "Who May Get a Mailing"
    _rec_name = "mailing_id"

    mailing_id = fields.Many2one("mailing.mailing", required=True, ondelete="cascade")
    line_ids = fields.One2many("crm.privacy.preview.line", "preview_id", "Grounds")
    allowed_count = fields.Integer("May Get It", compute="_compute_counts")
    refused_count = fields.Integer("Left Out", compute="_compute_counts")

    @api.depends("line_ids")
    def _compute_counts(self):
        for preview in self:
            allowed = preview.line_ids.filtered("is_allowed")
            preview.allowed_count = sum(allowed.mapped("count"))
            preview.refused_count = sum((preview.line_ids - allowed).mapped("count"))

    @api.model_create_multi
    def create(self, vals_list):
        """Count the recipients by ground."""
        previews = super().create(vals_list)
        for preview in previews:
            mailing = preview.mailing_id
            mailing.check_access("read")
            counts = self.env["crm.privacy.consent"]._count_grounds(preview._grounds())
            preview.line_ids = [
                fields.Command.create({"is_allowed": allowed, "ground": code, "count": count})
                for (allowed, code), count in counts.most_common()
            ]
        return previews

    def _grounds(self):
        return self.mailing_id._privacy_grounds(self.mailing_id._get_recipients())


class CrmPrivacyPreviewLine(models.TransientModel):
    """The people of a mailing that have the same ground."""

    _name = "crm.privacy.preview.line"
    _description = "Who May Get a Mailing, by Ground"
    _order = "is_allowed desc, count desc"
    _rec_name = "ground"

    preview_id = fields.Many2one("crm.privacy.preview", required=True, ondelete="cascade")
    is_allowed = fields.Boolean("May Get It")
    ground = fields.Selection(GROUNDS, required=True)
    count = fields.Integer("People")

    def action_open_people(self):
        """Show the people of this ground."""
        self.ensure_one()
        grounds = self.preview_id._grounds()
        ids = [record_id for record_id, ground in grounds.items() if ground.code == self.ground]
        return {
            "type": "ir.actions.act_window",
            "name": dict(self._fields["ground"]._description_selection(self.env))[self.ground],
            "res_model": self.preview_id.mailing_id.mailing_model_real,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
        }
