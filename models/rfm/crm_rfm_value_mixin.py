from odoo import api, models

from . import scipy_guard


class CrmRfmValueMixin(models.AbstractModel):
    """Hides what is about the customer value while the server has no scipy to estimate it.

    What is hidden?
        The fields in `_value_fields`: in filters, groupings, measures and exports; and in views
        these fields and everything whose name begins with `customer_value`.
    """

    _name = "crm.rfm.value.mixin"
    _description = "Customer Value, if It Can Be Estimated"

    _value_fields = frozenset()

    @api.model
    def _has_field_access(self, field, operation):
        """Give nobody the figures when they cannot be computed."""
        visible = scipy_guard.available() or self.env.su or field.name not in self._value_fields
        return visible and super()._has_field_access(field, operation)

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        """Keep the views with and without the figures apart."""
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, scipy_guard.available())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Take out of the view what cannot be computed."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if not scipy_guard.available():
            scipy_guard.take_out(arch, self._value_fields)
        return arch, view
