from odoo import api, models
from odoo.fields import Domain


class CrmScoreShownMixin(models.AbstractModel):
    """Rows about leads and contacts, of which those who may not be profiled are shown to nobody.

    From when on?
        At once: not only from the next refresh on, and neither does their history appear.
    Also in searches as the superuser?
        Yes. What must read all rows, as the answer to a person who asks what is kept, reads the
        table.
    """

    _name = "crm.score.shown.mixin"
    _description = "Rows of Persons That May Be Profiled"

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
        domain = Domain(domain)
        for name in ("lead_id", "partner_id"):
            records = self.env[self._fields[name].comodel_name]
            allowed = records._score_shown_sql()
            if allowed is not None:
                domain &= Domain(name, "=", False) | Domain(name, "in", allowed)
        return super()._search(
            domain, offset, limit, order, active_test=active_test, bypass_access=bypass_access
        )
