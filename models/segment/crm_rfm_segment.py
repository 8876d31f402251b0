from odoo import models


class CrmRfmSegment(models.Model):
    """The button of an RFM segment that keeps its customers as a segment."""

    _inherit = "crm.rfm.segment"

    def action_save_as_segment(self):
        """Open the segment of these customers; the first time it is created."""
        return self._run_on_default_policy("segment")
