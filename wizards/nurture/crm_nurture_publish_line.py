from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmNurturePublishLine(models.TransientModel):
    """What becomes of those who are at one step of the versions before."""

    _name = "crm.nurture.publish.line"
    _description = "People Inside at a Step"
    _order = "version_number desc, id"

    publish_id = fields.Many2one("crm.nurture.publish", required=True, ondelete="cascade")
    version_id = fields.Many2one(related="publish_id.version_id")
    step_id = fields.Many2one(
        "crm.nurture.step", "Are at", required=True, readonly=True, ondelete="cascade"
    )
    version_number = fields.Integer(
        "Version Number", related="step_id.version_id.number", store=True, readonly=True
    )
    people_count = fields.Integer("People", readonly=True)
    choice = fields.Selection(
        [("stay", "Stay on the old version"), ("go", "Go to a step"), ("leave", "Leave")],
        "What Becomes of Them",
        required=True,
        default="stay",
    )
    target_id = fields.Many2one(
        "crm.nurture.step",
        "Go to",
        domain="[('version_id', '=', version_id)]",
        ondelete="cascade",
        compute="_compute_target_id",
        store=True,
        readonly=False,
    )
    note = fields.Char("When", compute="_compute_note")

    @api.depends("choice")
    def _compute_target_id(self):
        """Propose the same step, else the next one behind it that is still there."""
        for line in self:
            if line.choice != "go":
                line.target_id = False
            elif not line.target_id:
                line.target_id = line._next_step()

    def _next_step(self):
        """Give the step of the new version that comes first on the way from the old one."""
        steps = {step.key: step for step in self.version_id.step_ids}
        former = self.step_id.version_id
        path = former._path()
        step = self.step_id
        while step and step.key not in steps:
            step = former.step_ids.browse(path.after(step.id))
        return steps[step.key] if step else self.env["crm.nurture.step"]

    @api.depends("choice", "target_id")
    def _compute_note(self):
        for line in self:
            if line.choice != "go" or not line.target_id:
                line.note = False
            elif line.target_id.key == line.step_id.key:
                line.note = self.env._("They keep their date.")
            else:
                line.note = self.env._("As if they came to it now.")

    def action_open_people(self):
        """Open those who are at the step."""
        action = self.step_id._open(
            "crm.nurture.enrollment",
            [("step_id", "=", self.step_id.id), ("left_at", "=", False)],
        )
        return action | {"target": "new"}

    def _apply(self, publication):
        """Do what was chosen; return how many were moved."""
        if self.choice == "stay":
            return 0
        if self.choice == "leave":
            return publication._take_out(self.step_id)
        if self.target_id.version_id != publication.version_id:
            raise UserError(self.env._("Choose where those at “%s” go.", self.step_id.display_name))
        return publication._lead(self.step_id, self.target_id)
