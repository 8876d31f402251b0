from odoo import fields, models


class CrmLostReason(models.Model):
    """The reasons of Odoo for a lost lead are also those for which sales reject one.

    Which ones are offered for a rejection?
        Those that say what becomes of the lead: back to nurturing, or junk.
    """

    _inherit = "crm.lost.reason"

    rejection_outcome = fields.Selection(
        [("nurture", "Back to nurturing"), ("junk", "Junk: marked as lost")],
        string="When Sales Reject",
        help="What becomes of a lead that sales reject for this reason. Empty: the reason is not"
        " offered for rejections.",
    )
