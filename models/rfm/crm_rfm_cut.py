from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmRfmCut(models.Model):
    """The cuts that a policy took from its customers on a day and keeps from then on.

    Why are they kept?
        So that a score means the same from one day to the next: with cuts of every night a
        customer would change its score because others have bought. They are renewed every
        quarter or by hand; older ones stay, so that a day of the past gets the same scores.
    """

    _name = "crm.rfm.cut"
    _inherit = ["crm.rfm.thresholds"]
    _description = "RFM Cuts of a Period"
    _order = "date desc, id desc"
    _rec_name = "date"

    policy_id = fields.Many2one("crm.rfm.policy", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="policy_id.company_id")
    date = fields.Date("Valid From", required=True)
    customer_count = fields.Integer(
        "Customers", help="How many customers the cuts were taken from."
    )

    _date_unique = models.Constraint(
        "UNIQUE(policy_id, date)", "A policy can renew its cuts only once on the same day."
    )

    @api.constrains(*(f"{d}_cut_{s}" for d in "rfm" for s in range(2, 6)))
    def _check_order(self):
        self._check_cuts()

    @api.constrains("policy_id")
    def _check_policy(self):
        if any(cut.policy_id.method == "fixed" for cut in self):
            raise ValidationError(
                self.env._("A policy with fixed thresholds takes no cuts from its customers.")
            )
