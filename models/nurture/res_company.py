from odoo import fields, models


class ResCompany(models.Model):
    """How many messages a person gets, and how many leave in a day."""

    _inherit = "res.company"

    nurture_cap_number = fields.Integer(
        "Messages per Person",
        help="E-mails and SMS of sequences and mailings; 0: no limit.",
        prefetch="crm_lifecycle",
    )
    nurture_cap_days = fields.Integer("In So Many Days", default=7, prefetch="crm_lifecycle")
    nurture_daily_budget = fields.Integer(
        "Messages of Sequences a Day",
        help="The others follow on the next days; 0: no limit.",
        prefetch="crm_lifecycle",
    )

    _nurture_limits_not_negative = models.Constraint(
        "CHECK(nurture_cap_number >= 0 AND nurture_daily_budget >= 0)",
        "The limits of messages cannot be negative.",
    )

    def _nurture_sequences(self):
        """Give the sequences whose messages are those of the company, archived ones as well."""
        self.ensure_one()
        sequences = self.env["crm.nurture.sequence"].sudo().with_context(active_test=False)
        found = sequences.search([("company_id", "in", (self.id, False))])
        return found.filtered(lambda one: one._sending_company() == self)
