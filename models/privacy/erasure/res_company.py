from odoo import fields, models


class ResCompany(models.Model):
    """How a company erases persons."""

    _inherit = "res.company"

    privacy_second_person = fields.Boolean(
        "Second Person Approves Erasures",
        help="Who made the plan of an erasure cannot approve it.",
        prefetch="crm_lifecycle",
    )
    privacy_accounting_years = fields.Integer(
        "Years Invoices Are Kept",
        default=10,
        help="From the closing of the financial year (in France 10, art. L123-22 of the"
        " Commercial Code).",
        prefetch="crm_lifecycle",
    )

    _privacy_accounting_years_positive = models.Constraint(
        "CHECK(privacy_accounting_years > 0)",
        "Invoices must be kept for some years: the number must be positive.",
    )
