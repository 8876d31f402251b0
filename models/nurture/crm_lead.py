from odoo import models


class CrmLead(models.Model):
    """Leads in sequences: merged leads stay in them, deleted ones stay in the figures."""

    _inherit = "crm.lead"

    def _merge_dependences(self, opportunities):
        """Take the places of the merged leads over."""
        result = super()._merge_dependences(opportunities)
        self.env["crm.nurture.enrollment"].sudo()._absorb("lead_id", opportunities.ids, self.id)
        return result

    def unlink(self):
        """Keep what became of them."""
        self.env["crm.nurture.enrollment"]._count_deleted("lead_id", self.ids)
        return super().unlink()
