from odoo import fields, models
from odoo.fields import Domain


class CrmLifecycleMixin(models.AbstractModel):
    """Leads and contacts are found by the rule of a sequence, and asked about.

    `nurture_who_line_ids` is for searching: the people behind a number of the table.
    """

    _inherit = "crm.lifecycle.mixin"

    nurture_who_line_ids = fields.Many2many(
        "crm.nurture.who.line",
        string="Rule of a Sequence",
        compute="_compute_nurture_who_line_ids",
        search="_search_nurture_who_line_ids",
        exportable=False,
        export_string_translation=False,
        groups="sales_team.group_sale_salesman",
    )

    def _compute_nurture_who_line_ids(self):
        """Give none: people are found by rules, not rules by people."""
        self.nurture_who_line_ids = False

    def _search_nurture_who_line_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        self._check_field_access(self._fields["nurture_who_line_ids"], "read")
        lines = self.env["crm.nurture.who.line"].browse(value).exists()
        lines.check_access("read")
        own = lines.filtered(lambda line: line.who_id.sequence_id.model == self._name)
        return Domain.OR(line._people_domain() for line in own)
