from odoo import models
from odoo.exceptions import UserError


class CrmRfmSegment(models.Model):
    """The buttons of a segment: what to do with its customers, by the policy of contacts."""

    _inherit = "crm.rfm.segment"

    def action_open_customers(self):
        """Open the customers of the segment."""
        return self._run_on_default_policy("open_customers")

    def action_mailing(self):
        """Open a new mailing to the customers of the segment."""
        return self._run_on_default_policy("mailing")

    def action_plan(self):
        """Start an activity plan for the customers of the segment."""
        return self._run_on_default_policy("plan")

    def action_export(self):
        """Download the customers of the segment."""
        return self._run_on_default_policy("export")

    def _run_on_default_policy(self, name):
        """Do one of the actions with the customers of the policy that contacts show."""
        self.ensure_one()
        policy = self.env["crm.rfm.policy"]._default_for(self.env.company)
        if not policy:
            raise UserError(
                self.env._(
                    "%(company)s has no RFM policy that is shown on contacts. Choose one under"
                    " RFM policies.",
                    company=self.env.company.name,
                )
            )
        return policy.run_target_action(name, segment_id=self.id)
