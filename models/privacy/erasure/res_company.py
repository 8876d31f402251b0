from odoo import fields, models


class ResCompany(models.Model):
    """How a company erases persons."""

    _inherit = "res.company"

    privacy_second_person = fields.Boolean(
        "Second Person Approves Erasures",
        help="Who made the plan of an erasure cannot approve it.",
    )
