from odoo import fields, models


class ResCompany(models.Model):
    """The defaults of the customer lifecycle of a company."""

    _inherit = "res.company"

    lifecycle_lead_stage_id = fields.Many2one(
        "crm.lifecycle.stage",
        string="Stage of New Leads",
        domain=[("kind", "=", "lead")],
        help="Where a new lead begins. Without any: the first stage of kind Lead.",
    )
    lifecycle_former_months = fields.Integer(
        "Months before Former",
        default=18,
        help="A customer without a purchase for so many months becomes a former customer.",
    )

    _lifecycle_former_months_positive = models.Constraint(
        "CHECK(lifecycle_former_months > 0)",
        "The number of months before a customer is a former customer must be positive.",
    )
