from odoo import api, models
from odoo.exceptions import UserError

#: The place between two steps that stand side by side.
GAP = 10


class CrmNurtureVersion(models.Model):
    """How the steps of a draft are arranged, and how the next draft begins.

    What does an edit of a published version do?
        It copies the version to a draft; each step keeps its key, so that people inside can be
        led to the same step of the new version.
    Where may a step go?
        To any place of any list, except into itself.
    """

    _inherit = "crm.nurture.version"

    def add_step(self, kind, parent_id=False, branch=False, position=0):
        """Add a step of a kind to a place of a list; return its id."""
        self.ensure_one()
        step = self.env["crm.nurture.step"].create(
            {
                "version_id": self.id,
                "kind": kind,
                "parent_id": parent_id,
                "branch": branch,
                **self.env["crm.nurture.step"]._starting_values(kind),
            }
        )
        self.move_step(step.id, parent_id, branch, position)
        return step.id

    def move_step(self, step_id, parent_id=False, branch=False, position=0):
        """Put a step to a place of a list.

        :param int position: the place among the other steps of the list
        """
        self.ensure_one()
        step = self.step_ids.filtered(lambda one: one.id == step_id)
        if not step:
            raise UserError(
                self.env._("This step is not there any more: somebody else has changed the steps.")
            )
        step._check_draft()
        if (step.parent_id.id, step.branch) != (parent_id or False, branch or False):
            step.write({"parent_id": parent_id, "branch": branch})
        siblings = list(self._list_of(step.parent_id, step.branch) - step)
        siblings.insert(position, step)
        for number, sibling in enumerate(siblings, 1):
            if sibling.sequence != number * GAP:
                sibling.sequence = number * GAP

    def _list_of(self, parent, branch):
        """Give the steps of a list in their order."""
        return self.step_ids.filtered(
            lambda step: step.parent_id == parent and (step.branch or False) == (branch or False)
        ).sorted(lambda step: (step.sequence, step.id))

    def _make_draft(self):
        """Copy the version to the draft of its sequence, and give the draft."""
        self.ensure_one()
        self.env.flush_all()  # what was the draft until now is not one any more
        draft = self.create({"sequence_id": self.sequence_id.id})
        self._copy_steps(draft)
        return draft

    def _copy_steps(self, other):
        """Copy the steps into another version: the outer lists before the inner ones."""
        copies = {}
        for step in self.step_ids.browse(self._path().reachable()):
            values = {"version_id": other.id, "key": step.key}
            if step.parent_id:
                values["parent_id"] = copies[step.parent_id].id
            copies[step] = step.copy(values)
        for copied in copies.values():
            copied._point_to(copies)

    @api.model
    def _next_keys(self):
        """Give the fields of a step that point to another step of its version."""
        steps = self.env["crm.nurture.step"]
        return [
            name
            for name, field in steps._fields.items()
            if field.type == "many2one"
            and field.comodel_name == steps._name
            and field.store
            and name != "parent_id"
        ]
