from odoo import models
from odoo.tools import SQL


class UtmCampaign(models.Model):
    """A deleted campaign leaves the contacts with persons where they are."""

    _inherit = "utm.campaign"

    def unlink(self):
        """Let the contacts go."""
        ids = tuple(self.ids)
        result = super().unlink()
        if ids:
            self.env.cr.execute(
                SQL("UPDATE crm_touchpoint SET campaign_id = NULL WHERE campaign_id IN %s", ids)
            )
            self.env["crm.touchpoint"].invalidate_model(["campaign_id"])
        return result
