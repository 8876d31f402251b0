from odoo import models


class CrmLifecycleMixin(models.AbstractModel):
    """The consents in the line under the title of a form."""

    _inherit = "crm.lifecycle.mixin"

    def _summary_parts(self, row):
        return {**super()._summary_parts(row), "consent": self._privacy_state()}
