from odoo import models


class CrmSegment(models.Model):
    """The members of a segment come into a sequence."""

    _inherit = "crm.segment"

    def action_enroll(self):
        """Ask for the sequence that the members come into."""
        self.ensure_one()
        name = self.env._("Add to a Sequence")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "crm.nurture.pick",
            "views": [(False, "form")],
            "target": "new",
            "context": {"active_model": self._name, "active_id": self.id},
        }
