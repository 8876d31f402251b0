from odoo import api, models


class CrmTouchpoint(models.Model):
    """New touchpoints change the scores of the persons at once."""

    _inherit = "crm.touchpoint"

    @api.model
    def _digest_people(self, rows):
        result = super()._digest_people(rows)
        self.env["crm.score.policy"]._refresh_touched(rows)
        return result
