from odoo import fields, models


class ResCompany(models.Model):
    """How far back a filter on what customers bought looks."""

    _inherit = "res.company"

    purchase_months = fields.Integer(
        "Months of Purchases",
        default=24,
        help="A filter on the products that customers bought looks so many months back.",
        prefetch="crm_lifecycle",
    )

    _purchase_months_positive = models.Constraint(
        "CHECK(purchase_months > 0)",
        "The number of months that a filter on purchases looks back must be positive.",
    )
