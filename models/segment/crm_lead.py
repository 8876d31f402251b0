from odoo import models


class CrmLead(models.Model):
    """Leads in segments; merged leads keep their memberships."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.segment.mixin"]
    _segment_subject = "lead_id"

    def _merge_dependences(self, opportunities):
        """Take the memberships of the merged leads over."""
        result = super()._merge_dependences(opportunities)
        self.env["crm.segment.member"].sudo()._absorb("lead_id", opportunities.ids, self.id)
        return result
