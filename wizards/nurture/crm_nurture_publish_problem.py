from odoo import fields, models


class CrmNurturePublishProblem(models.TransientModel):
    """A problem found in the steps before they are published."""

    _name = "crm.nurture.publish.problem"
    _description = "Problem in a Sequence"

    publish_id = fields.Many2one("crm.nurture.publish", required=True, ondelete="cascade")
    level = fields.Selection(
        [("error", "Error"), ("warning", "Warning")], required=True, readonly=True
    )
    step_id = fields.Many2one("crm.nurture.step", readonly=True, ondelete="cascade")
    text = fields.Text("Problem", required=True, readonly=True)
