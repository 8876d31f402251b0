from odoo import models


class CrmSegment(models.Model):
    """The members of a segment come into a sequence."""

    _inherit = "crm.segment"

    def action_enroll(self):
        """Ask for the sequence that the members come into."""
        self.ensure_one()
        return self.env["crm.nurture.pick"]._open(self.env._("Add to a Sequence"), self)
