from odoo import api, models


class CrmPrivacyErasure(models.AbstractModel):
    """An erased person stays in the figures of the sequences, as a number."""

    _inherit = "crm.privacy.erasure"

    @api.model
    def _delete_rows(self, model, ids):
        """Count what the person had become before the rows go."""
        if model == "crm.nurture.enrollment" and ids:
            enrollments = self.env[model].sudo().browse(ids).exists()
            self.env["crm.nurture.tally"].sudo()._add_up(enrollments)
        return super()._delete_rows(model, ids)
