from odoo import fields, models
from odoo.fields import Domain

GROUPS = "sales_team.group_sale_salesman_all_leads,account.group_account_readonly"


class ResPartner(models.Model):
    """Contacts get suggestions by what their company bought.

    `affinity_ids` is for searching: the customers behind a pair of products.
    """

    _name = "res.partner"
    _inherit = ["res.partner", "crm.suggestion.mixin"]

    affinity_ids = fields.Many2many(
        "crm.product.affinity",
        string="Bought Together",
        compute="_compute_affinity_ids",
        search="_search_affinity_ids",
        exportable=False,
        export_string_translation=False,
        groups=GROUPS,
    )

    def _compute_affinity_ids(self):
        """Give none: customers are found by pairs, not pairs by customers."""
        self.affinity_ids = False

    def _search_affinity_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Odoo does not ask by itself: who bought what is not for all who may see contacts
        self._check_field_access(self._fields["affinity_ids"], "read")
        rows = self.env["crm.product.affinity"].browse(value)
        rows.check_access("read")
        return Domain.OR(row._customers_domain() for row in rows)

    def _suggestion_partners(self):
        return {partner.id: partner for partner in self}
