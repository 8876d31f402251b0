from odoo import fields, models


class ResCompany(models.Model):
    """The defaults of the customer lifecycle of a company.

    Why are they a prefetch group of their own?
        Odoo reads a company with nearly every screen, and these settings with hardly any. Only
        the days until an answer is old are read with the form of a lead.
    """

    _inherit = "res.company"

    lifecycle_lead_stage_id = fields.Many2one(
        "crm.lifecycle.stage",
        string="Stage of New Leads",
        domain=[("kind", "=", "lead")],
        help="Where a new lead begins. Without any: the first stage of kind Lead.",
        prefetch="crm_lifecycle",
    )
    lifecycle_former_months = fields.Integer(
        "Months before Former",
        default=18,
        help="A customer without a purchase for so many months becomes a former customer.",
        prefetch="crm_lifecycle",
    )

    # qualification
    qualification_stale_days = fields.Integer(
        "Days until an Answer Is Old",
        default=90,
        help="Older answers to the questions of qualification are shown dimmed and asked again.",
    )
    handover_hours = fields.Float(
        "Hours to Answer a Hand-over",
        default=8,
        help="How long sales may take to accept or reject a lead that marketing hands over.",
        prefetch="crm_lifecycle",
    )
    handover_working_time = fields.Boolean(
        "Count Working Time Only",
        default=True,
        help="The hours of the company's working time, without nights, weekends and holidays.",
        prefetch="crm_lifecycle",
    )

    # cross-sell
    affinity_level = fields.Selection(
        [("product", "Products"), ("category", "Product categories")],
        string="Suggest by",
        required=True,
        default="product",
        help="Compare what customers buy product by product, or by category when most products"
        " are sold only a few times.",
        prefetch="crm_lifecycle",
    )
    affinity_months = fields.Integer(
        "Months of Invoices Compared",
        default=24,
        help="The invoices that suggestions rely on.",
        prefetch="crm_lifecycle",
    )
    affinity_min_customers = fields.Integer(
        "Minimum of Customers with Both",
        default=5,
        help="Pairs that fewer customers bought are left out.",
        prefetch="crm_lifecycle",
    )
    affinity_min_share = fields.Float(
        "Minimum Share of Customers",
        default=0.2,
        help="Of the customers with one product, so many must have bought the other one.",
        prefetch="crm_lifecycle",
    )
    affinity_min_lift = fields.Float(
        "Minimum Times the Average",
        default=1.0,
        help="The share must certainly be more than so many times the share among all customers.",
        prefetch="crm_lifecycle",
    )
    affinity_date = fields.Date("Suggestions Refreshed on", readonly=True, prefetch="crm_lifecycle")

    _lifecycle_former_months_positive = models.Constraint(
        "CHECK(lifecycle_former_months > 0)",
        "The number of months before a customer is a former customer must be positive.",
    )
    _qualification_stale_days_positive = models.Constraint(
        "CHECK(qualification_stale_days BETWEEN 1 AND 36500)",
        "The number of days until an answer is old must be from 1 to 36,500.",
    )
    _handover_hours_positive = models.Constraint(
        "CHECK(handover_hours > 0 AND handover_hours <= 8760)",
        "Sales need some time to answer: the number of hours must be positive, and 8,760 (a year)"
        " at most.",
    )
    _affinity_months_positive = models.Constraint(
        "CHECK(affinity_months > 0)",
        "Suggestions need at least one month of invoices.",
    )
    _affinity_min_customers_positive = models.Constraint(
        "CHECK(affinity_min_customers > 0)",
        "Suggestions need at least one customer who bought both products.",
    )
    _affinity_min_share_range = models.Constraint(
        "CHECK(affinity_min_share >= 0 AND affinity_min_share <= 1)",
        "The minimum share of customers must be between 0 and 100 %.",
    )
    _affinity_min_lift_range = models.Constraint(
        "CHECK(affinity_min_lift >= 1)",
        "What customers buy no more often than the average is no suggestion: the minimum must be"
        " 1 or more.",
    )
