from odoo import api, models

FLAGS = ("privacy_restricted", "privacy_unprofiled")


class CrmLifecycleMixin(models.AbstractModel):
    """The consents in the line under the title of a form."""

    _inherit = "crm.lifecycle.mixin"

    @api.model
    def _summary_columns(self, query):
        flags = {name: self._field_to_sql(self._table, name, query) for name in FLAGS}
        return {**super()._summary_columns(query), **flags}

    def _summary_parts(self, row):
        return {**super()._summary_parts(row), "consent": self._privacy_state(row)}
