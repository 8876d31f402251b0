from odoo import api, models


class CrmRfmPolicy(models.Model):
    """The customers of a cell or of an RFM segment, kept as a segment of their own.

    To follow how it grows, to write to it again and again, to mix it with other conditions.
    """

    _inherit = "crm.rfm.policy"

    @api.model
    def _target_actions(self):
        """Offer it to whoever may create segments."""
        actions = super()._target_actions()
        if self.env["crm.segment"].has_access("create"):
            label = self.env._("Save as segment")
            actions.append({"name": "segment", "label": label, "icon": "fa-object-group"})
        return actions

    def _target_action_segment(self, target):
        """Open the segment of these customers; the first time it is created."""
        company = self.company_id if self._has_other_companies() else self.company_id.browse()
        segment = self.env["crm.segment"]._from_domain(
            self._target_label(target), "res.partner", self._target_domain(target), company
        )
        return segment.get_formview_action()
