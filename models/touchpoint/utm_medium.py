from odoo import models
from odoo.tools import SQL


class UtmMedium(models.Model):
    """A deleted medium leaves the contacts with persons where they are."""

    _inherit = "utm.medium"

    def unlink(self):
        """Let the contacts go."""
        ids = tuple(self.ids)
        result = super().unlink()
        if ids:
            self.env.cr.execute(
                SQL("UPDATE crm_touchpoint SET medium_id = NULL WHERE medium_id IN %s", ids)
            )
            self.env["crm.touchpoint"].invalidate_model(["medium_id"])
        return result
