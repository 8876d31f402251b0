from odoo import api, models


class CrmNurtureVersion(models.Model):
    """What the editor shows: the steps, and what happened at each.

    When are the figures read?
        By `get_figures`, after the steps are there: of very many people they take a moment.
    """

    _inherit = "crm.nurture.version"

    @api.readonly
    def get_flow(self):
        """Give the steps with their problems, and the other versions."""
        self.ensure_one()
        problems = self._problems_by_step()
        return {
            "id": self.id,
            "state": self.state,
            "editable": self.state == "draft" and self.sequence_id.can_edit,
            "versions": [version._to_choose() for version in self.sequence_id.version_ids],
            "steps": [
                step._card() | {"problems": problems.get(step.id, [])}
                for step in self.step_ids.sorted(lambda step: (step.sequence, step.id))
            ],
            "problems": problems.get(False, []),
            "kinds": self.step_ids._fields["kind"]._description_selection(self.env),
        }

    def _to_choose(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "id": self.id,
            "draft": self.state == "draft",
            "label": self.env._(
                "Version %(number)s (%(state)s)",
                number=self.number,
                state=states[self.state].lower(),
            ),
        }

    def _waiting_counts(self):
        """Give how many are at each step: dict of step id -> dict of state -> count."""
        counts = {}
        for step, state, count in self.env["crm.nurture.enrollment"]._read_group(
            [("version_id", "=", self.id), ("left_at", "=", False), ("step_id", "!=", False)],
            ["step_id", "state"],
            ["__count"],
        ):
            counts.setdefault(step.id, {})[state] = count
        return counts
