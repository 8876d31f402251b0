from odoo import fields, models


class ResCompany(models.Model):
    """How a company answers the requests of persons."""

    _inherit = "res.company"

    privacy_unverified_days = fields.Integer(
        "Days to Confirm a Request",
        default=7,
        help="A request of the public form that nobody confirms is deleted after so many days.",
        prefetch="crm_lifecycle",
    )
    privacy_archive_days = fields.Integer(
        "Days to Download",
        default=14,
        help="The archive with the data of a person is deleted after so many days.",
        prefetch="crm_lifecycle",
    )
    privacy_values_months = fields.Integer(
        "Months to Keep Corrected Values",
        default=12,
        help="Afterwards the register only says which fields were corrected.",
        prefetch="crm_lifecycle",
    )
    privacy_authority = fields.Char(
        "Supervisory Authority",
        translate=True,
        default="CNIL, 3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07, www.cnil.fr",
        help="To whom a person can complain; it is named in the mails.",
        prefetch="crm_lifecycle",
    )

    _privacy_unverified_days_positive = models.Constraint(
        "CHECK(privacy_unverified_days > 0)",
        "People need some time to confirm a request: the number of days must be positive.",
    )
    _privacy_archive_days_positive = models.Constraint(
        "CHECK(privacy_archive_days > 0)",
        "People need some time to download their data: the number of days must be positive.",
    )
    _privacy_values_months_positive = models.Constraint(
        "CHECK(privacy_values_months > 0)",
        "The number of months that corrected values are kept must be positive.",
    )
