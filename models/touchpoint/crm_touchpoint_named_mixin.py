from odoo import models
from odoo.tools import SQL


class CrmTouchpointNamedMixin(models.AbstractModel):
    """Records that touchpoints only name: a deleted one leaves the contacts with persons there.

    The links of touchpoints have no foreign keys that would be emptied by themselves, see
    `loose_many2one`.
    """

    _name = "crm.touchpoint.named.mixin"
    _description = "Named by Touchpoints"
    #: The field of `crm.touchpoint` that points here.
    _touchpoint_link = None

    def unlink(self):
        """Let the contacts go."""
        ids = tuple(self.ids)
        result = super().unlink()
        if ids:
            link = SQL.identifier(self._touchpoint_link)
            self.env.cr.execute(
                SQL("UPDATE crm_touchpoint SET %s = NULL WHERE %s IN %s", link, link, ids)
            )
            self.env["crm.touchpoint"].invalidate_model([self._touchpoint_link])
        return result
