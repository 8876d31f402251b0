from odoo import models
from odoo.fields import Domain


class CrmSegment(models.Model):
    """Who objected to profiling, or asked for a restriction, is in no segment with a filter.

    And in a segment made by hand?
        There a person chose each member. Messages pass the gate all the same.
    """

    _inherit = "crm.segment"

    def _filter_domain(self):
        """Narrow the filter to those who may be profiled."""
        return Domain(super()._filter_domain()) & self._privacy_domain()

    def _privacy_domain(self):
        """Give who may be in a segment of this model."""
        if self.model == "crm.lead":
            return self.env["crm.lead"]._score_shown_domain()
        return self.env["res.partner"]._profiling_domain()
