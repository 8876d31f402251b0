from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmRfmMove(models.Model):
    """A customer that went from a segment to another: the history of the segments.

    When is a row added?
        Only by a refresh, where the segment has changed since the refresh before. Where a
        customer was on any day follows from the moves after and before that day; who never
        moved is where it is today.
    Who was the cause?
        The customer, by buying or by not buying; or the policy, when the grid, the cuts or
        the rules of the policy had changed since the refresh before.
    Can a row change?
        No: rows are only added. A merge of contacts carries them over; deleting a contact
        deletes its history.
    """

    _name = "crm.rfm.move"
    _inherit = ["crm.rfm.profiled.mixin"]
    _description = "Move between RFM Segments"
    _order = "date desc, id desc"
    _rec_name = "to_segment_id"
    _log_access = False

    policy_id = fields.Many2one("crm.rfm.policy", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="cascade", index=True
    )
    date = fields.Date(required=True)
    from_segment_id = fields.Many2one("crm.rfm.segment", "From", required=True, ondelete="restrict")
    to_segment_id = fields.Many2one("crm.rfm.segment", "To", required=True, ondelete="restrict")
    code = fields.Char("RFM", help="The three scores after the move.")
    cause = fields.Selection(
        [("customer", "Customer"), ("policy", "Policy")],
        required=True,
        default="customer",
        help="Whether the customer changed, or the rules by which it is judged.",
    )

    _policy_date_idx = models.Index("(policy_id, date)")

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: the history is only added to."""
        raise UserError(self.env._("The history of the segments cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The history of the segments cannot be deleted."))

    def action_open_partner(self):
        """Open the customer that moved."""
        self.ensure_one()
        return self.partner_id.get_formview_action()
