import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("activity", "Activity"),
    ("plan", "Activity plan"),
    ("wait", "Wait"),
    ("condition", "Condition"),
    ("stage", "Lifecycle stage"),
    ("tag", "Tag"),
    ("assign", "Assign"),
    ("action", "Server action"),
    ("sequence", "Start another sequence"),
    ("exit", "Exit"),
]

#: Kinds of steps that write to people, within the sending hours, and their channels.
MESSAGES = {"email": "email", "sms": "sms"}

#: The field without which a step of a kind can do nothing.
NEEDED = {
    "activity": "activity_type_id",
    "plan": "activity_plan_id",
    "stage": "stage_id",
    "assign": "user_id",
    "action": "action_id",
    "sequence": "next_sequence_id",
}


class CrmNurtureStep(models.Model):
    """One step of a version.

    Where does it stand?
        In the list of the version, or in the yes or the no list of a condition, by `sequence`;
        see `path`.
    What is its `key`?
        What stays the same when the version is copied: people inside are led to the step of
        the new version with the same key.
    May it be changed?
        Only while the version is a draft.
    """

    _name = "crm.nurture.step"
    _description = "Step of a Sequence"
    _order = "version_id, sequence, id"

    version_id = fields.Many2one("crm.nurture.version", required=True, ondelete="cascade")
    sequence_id = fields.Many2one(related="version_id.sequence_id", store=True, index=True)
    model = fields.Selection(related="sequence_id.model")
    key = fields.Char(required=True, default=lambda self: uuid.uuid4().hex, readonly=True)
    name = fields.Char(translate=True)
    kind = fields.Selection(KINDS, required=True)
    parent_id = fields.Many2one(
        "crm.nurture.step", "Condition", ondelete="cascade", domain=[("kind", "=", "condition")]
    )
    branch = fields.Selection([("yes", "Yes"), ("no", "No")])
    sequence = fields.Integer("Position", default=10)
    # what else a step does
    activity_type_id = fields.Many2one("mail.activity.type")
    activity_summary = fields.Char(translate=True)
    activity_days = fields.Integer("Due in (days)", default=1)
    activity_user_id = fields.Many2one(
        "res.users", "Assigned to", help="Without one: the person in charge of the record."
    )
    activity_plan_id = fields.Many2one("mail.activity.plan", ondelete="restrict")
    stage_id = fields.Many2one("crm.lifecycle.stage", ondelete="restrict")
    tag_ids = fields.Many2many("crm.tag", "crm_nurture_step_tag_rel", string="Tags of Leads")
    category_ids = fields.Many2many(
        "res.partner.category", "crm_nurture_step_category_rel", string="Tags of Contacts"
    )
    user_id = fields.Many2one("res.users", "Salesperson")
    action_id = fields.Many2one("ir.actions.server", ondelete="restrict")
    next_sequence_id = fields.Many2one("crm.nurture.sequence", ondelete="restrict")

    _version_key_unique = models.Constraint(
        "UNIQUE(version_id, key)", "Two steps of a version have the same key."
    )
    _branch_of_condition = models.Constraint(
        "CHECK((parent_id IS NULL) = (branch IS NULL))",
        "A step in a condition says whether it is in its yes or its no list.",
    )

    @api.constrains("parent_id", "version_id")
    def _check_parent(self):
        for step in self:
            parent = step.parent_id
            if parent and (parent.kind != "condition" or parent.version_id != step.version_id):
                raise UserError(
                    self.env._("Only a condition of the same version has a yes and a no list.")
                )
        if self._has_cycle():
            raise UserError(self.env._("A condition cannot stand in a list of its own."))

    @api.model_create_multi
    def create(self, vals_list):
        """Add steps to drafts only."""
        steps = super().create(vals_list)
        steps._check_draft()
        return steps

    def write(self, vals):
        """Change steps of drafts only."""
        self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _check_draft(self):
        """Refuse to touch what is published."""
        frozen = self.version_id.filtered(lambda version: version.state != "draft")
        if frozen:
            raise UserError(
                self.env._(
                    "%s is published: people are led by it, and its figures stay true. Edit the"
                    " sequence to make the next version.",
                    frozen[0].display_name,
                )
            )

    def _check_complete(self):
        """Refuse to publish a step that does not say what to do.

        :raise UserError: says which step, and what is missing
        """
        for step in self:
            missing = step._missing()
            if missing:
                raise UserError(
                    self.env._(
                        "The step “%(step)s” is not complete: %(missing)s",
                        step=step.name
                        or dict(step._fields["kind"]._description_selection(self.env))[step.kind],
                        missing=missing,
                    )
                )

    def _missing(self):
        """Say what the step needs and does not have; None if it has everything."""
        name = NEEDED.get(self.kind)
        if self.kind == "tag":
            name = "tag_ids" if self.model == "crm.lead" else "category_ids"
        if not name:
            return None
        if self[name]:
            return self._not_for_these_people()
        words = {
            "activity": self.env._("choose the type of the activity."),
            "plan": self.env._("choose the activity plan."),
            "stage": self.env._("choose the lifecycle stage."),
            "assign": self.env._("choose the salesperson."),
            "action": self.env._("choose the server action."),
            "sequence": self.env._("choose the sequence to start."),
            "tag": self.env._("choose the tags."),
        }
        return words[self.kind]

    def _not_for_these_people(self):
        """Say what is made for other records than those of the sequence."""
        if self.kind == "plan" and self.activity_plan_id.res_model != self.model:
            return self.env._("choose an activity plan for the records of the sequence.")
        if self.kind == "action" and self.sudo().action_id.model_name != self.model:
            return self.env._("choose a server action for the records of the sequence.")
        if self.kind == "sequence" and self.next_sequence_id.model != self.model:
            return self.env._("choose a sequence for the same records as this one.")
        return None
