from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmPrivacyHold(models.Model):
    """A reason to keep somebody's data although the period is over: a dispute, an inquiry.

    What does it do?
        No retention rule touches the person while it lasts (art. 17(3) e: legal claims).
    How long?
        Until its last day, or until it is archived.
    """

    _name = "crm.privacy.hold"
    _description = "Legal Hold"
    _inherit = ["mail.thread"]
    _order = "date_end, id"
    _rec_name = "reason"

    active = fields.Boolean(default=True, tracking=True)
    partner_id = fields.Many2one("res.partner", "Contact", index=True, ondelete="cascade")
    lead_id = fields.Many2one("crm.lead", index=True, ondelete="cascade")
    reason = fields.Char(required=True, tracking=True)
    date_end = fields.Date("Until", tracking=True, help="Empty: until the hold is archived.")
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)

    @api.constrains("partner_id", "lead_id")
    def _check_whose(self):
        if any(not hold.partner_id and not hold.lead_id for hold in self):
            raise ValidationError(self.env._("Please say whose data is kept."))
