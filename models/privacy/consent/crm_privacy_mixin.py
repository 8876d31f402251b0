from odoo import fields, models


class CrmPrivacyMixin(models.AbstractModel):
    """A person who has rights over the data: contacts and leads.

    What is a restriction?
        The data is kept and used for nothing (article 18): no mailing, no score, no RFM
        figures, no sequence. A salesperson may still answer the person.
    """

    _name = "crm.privacy.mixin"
    _description = "Person with Rights over the Data"

    privacy_restricted = fields.Boolean(
        "Processing Restricted",
        copy=False,
        groups="base.group_user",
        help="The person asked that the data be kept but not used: no mailings, no score.",
    )
