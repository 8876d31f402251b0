from odoo import api, models
from odoo.fields import Domain


class CrmRfmProfiledMixin(models.AbstractModel):
    """Rows about customers, of which those who may not be profiled are shown to nobody.

    From when on?
        At once: not only from the next refresh on, and neither does their history appear in
        lists, maps, matrices and audiences.
    Also in searches as the superuser?
        Yes: a mailing is sent as one. What must read all rows, as the answer to a person who
        asks what is kept, reads the table.
    """

    _name = "crm.rfm.profiled.mixin"
    _description = "Rows of Customers That May Be Profiled"

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        active_test=True,
        bypass_access=False,
    ):
        """Leave out the rows of those who may not be profiled."""
        profiled = self.env["res.partner"]._profiled_query()
        if profiled is not None:
            domain = Domain(domain) & Domain("partner_id", "in", profiled)
        return super()._search(
            domain, offset, limit, order, active_test=active_test, bypass_access=bypass_access
        )
