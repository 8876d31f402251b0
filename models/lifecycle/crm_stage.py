from odoo import fields, models


class CrmStage(models.Model):
    """A pipeline stage can stand for a lifecycle stage.

    Entering the pipeline stage then moves the lead to it, in either direction: the
    salesperson who drags the card has said so.
    """

    _inherit = "crm.stage"

    lifecycle_stage_id = fields.Many2one(
        "crm.lifecycle.stage",
        index="btree_not_null",
        ondelete="set null",
        help="A lead that enters this pipeline stage moves to this lifecycle stage.",
    )
