from odoo import models


class ResPartner(models.Model):
    """Contacts in sequences: deleted ones stay in the figures."""

    _inherit = "res.partner"

    def unlink(self):
        """Keep what became of them."""
        self.env["crm.nurture.enrollment"]._count_deleted("partner_id", self.ids)
        return super().unlink()
