from odoo import api, fields, models

from .crm_nurture_enrollment import INSIDE


class CrmNurtureSequence(models.Model):
    """What the screens show of a sequence, and the buttons on it.

    Who may change it?
        Its owner, and all of marketing if it is shared; managers change all. Salespeople see
        the sequences, and let their own leads and contacts in.
    """

    _inherit = "crm.nurture.sequence"

    shared = fields.Boolean(default=True, help="All of marketing may change it.")
    inside_count = fields.Integer("Inside", compute="_compute_people_counts")
    done_count = fields.Integer("Have Left", compute="_compute_people_counts")
    goal_count = fields.Integer("Reached the Goal", compute="_compute_people_counts")
    quarantine_count = fields.Integer("In Quarantine", compute="_compute_people_counts")
    publication_ids = fields.One2many("crm.nurture.publication", "sequence_id")
    can_undo = fields.Boolean(compute="_compute_can_undo")
    can_edit = fields.Boolean(compute="_compute_can_edit")

    @api.depends("shared", "user_id")
    @api.depends_context("uid")
    def _compute_can_edit(self):
        editable = self._filtered_access("write")
        for sequence in self:
            sequence.can_edit = sequence in editable or not sequence.id

    @api.depends("publication_ids.undone_at")
    def _compute_can_undo(self):
        for sequence in self:
            latest = sequence.publication_ids.sorted()[:1]
            sequence.can_undo = latest.former_id and not latest.undone_at

    @api.depends_context("uid")
    def _compute_people_counts(self):
        """Count whom the user may see."""
        counts = {}
        goals = {}
        for sequence, state, count, reached in self.env["crm.nurture.enrollment"]._read_group(
            [("sequence_id", "in", self.ids)],
            ["sequence_id", "state"],
            ["__count", "goal_at:count"],
        ):
            counts.setdefault(sequence.id, {})[state] = count
            if state != "holdout":
                goals[sequence.id] = goals.get(sequence.id, 0) + reached
        for sequence in self:
            states = counts.get(sequence.id, {})
            sequence.inside_count = sum(states.get(state, 0) for state in INSIDE)
            sequence.done_count = sum(states.get(state, 0) for state in ("done", "goal", "exited"))
            sequence.goal_count = goals.get(sequence.id, 0)
            sequence.quarantine_count = states.get("quarantine", 0)

    def copy_data(self, default=None):
        """Name the copies."""
        data = super().copy_data(default=default)
        if "name" not in (default or {}):
            for sequence, vals in zip(self, data, strict=True):
                vals["name"] = self.env._("%s (copy)", sequence.name)
        return data

    def copy(self, default=None):
        """Copy the steps that were edited last into the drafts of the copies.

        The messages come from the new owner.
        """
        copies = super().copy(default)
        for sequence, copied in zip(self, copies, strict=True):
            sequence._current_version()._copy_steps(copied.draft_id)
            copied.draft_id.step_ids._mailings()._sign(copied)
        return copies

    def _current_version(self):
        """Give the version that people work on: the draft, else the published one."""
        return self.draft_id or self.version_id

    def action_edit(self):
        """Make the next version, as a draft, from the published one."""
        self._need_draft()

    def _need_draft(self):
        """Give the draft; without one, a new one that is a copy of the published version."""
        self.ensure_one()
        return self.draft_id or self.version_id._make_draft()

    def action_review(self):
        """Check the draft, and ask what becomes of the people inside, before it is published."""
        self.ensure_one()
        self.check_access("write")
        publish = self.env["crm.nurture.publish"]._prepare(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Publish Version %s", self.draft_id.number),
            "res_model": publish._name,
            "res_id": publish.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_undo_publication(self):
        """Undo the last publication."""
        self.ensure_one()
        return self.publication_ids.sorted()[:1].action_undo()

    def action_discard_draft(self):
        """Give up the draft: the published version stays as it is."""
        for sequence in self.filtered("version_id"):
            sequence.draft_id.unlink()

    def action_open_inside(self):
        """Open the people who are inside."""
        inside = [("state", "in", INSIDE)]
        return self._open_people(self.env._("People Inside"), inside)

    def action_open_done(self):
        """Open the people who have left."""
        left = [("state", "in", ("done", "goal", "exited"))]
        return self._open_people(self.env._("Have Left"), left)

    def action_open_goal(self):
        """Open the people who reached the goal."""
        reached = [("goal_at", "!=", False), ("state", "!=", "holdout")]
        return self._open_people(self.env._("Reached the Goal"), reached)

    def action_open_quarantine(self):
        """Open the people whose step failed."""
        failed = [("state", "=", "quarantine")]
        return self._open_people(self.env._("Quarantine"), failed)

    def _open_people(self, name, domain):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "crm.nurture.enrollment",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": [("sequence_id", "in", self.ids), *domain],
        }

    def action_enroll(self):
        """Ask which people to let in, by a list of them to choose from."""
        self.ensure_one()
        self._check_runs()
        name = self.env._("Select people, then “Add to a sequence” in the Actions menu")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self.model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("type", "=", "lead")] if self.model == "crm.lead" else [],
            "context": {"crm_nurture_sequence_id": self.id},
        }
