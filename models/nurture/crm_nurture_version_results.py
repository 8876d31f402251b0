from odoo import api, models
from odoo.exceptions import UserError

from .figures import FIGURES, STEPS_KEY


class CrmNurtureVersion(models.Model):
    """What became of the steps of a version, in figures; each opens its people.

    Whom do the figures count?
        The people that the reader may see, whichever version they are in by now. Of people whose
        rows are deleted only their number is left, for those who may see all.
    """

    _inherit = "crm.nurture.version"

    def _report(self):
        """Give the report of these steps alone."""
        steps = self.step_ids.ids
        return self.env["crm.nurture.report"].with_context(**{STEPS_KEY: steps})

    def _step_results(self):
        """Give what became of each step, and of how much of it the people are deleted.

        Both are: step id -> version of the message -> result -> count.
        """
        results, former = {}, {}
        for step, variant, outcome, is_former, count in self._report()._read_group(
            [("version_id", "in", self.ids)],
            ["step_id", "variant", "outcome", "is_former"],
            ["nbr:sum"],
        ):
            for figures in (results, former) if is_former else (results,):
                counts = figures.setdefault(step.id, {}).setdefault(variant or "", {})
                counts[outcome] = counts.get(outcome, 0) + count
        return results, former

    @api.readonly
    def get_figures(self):
        """Give the figures of the cards: step id -> figures, and those of the two versions."""
        self.ensure_one()
        results, _former = self._step_results()
        waiting = self._waiting_counts()
        return {
            step.id: step._figures_of_card(waiting.get(step.id, {}), results.get(step.id, {}))
            for step in self.step_ids
        }

    @api.readonly
    def open_figure(self, step_id, figure, variant=False):
        """Open the people behind a figure of a step, or of one version of its message."""
        self.ensure_one()
        step = self.step_ids.filtered(lambda one: one.id == step_id)
        at_step = [("step_id", "=", step.id), ("left_at", "=", False)]
        people = {"waiting": at_step, "quarantine": [*at_step, ("state", "=", "quarantine")]}
        if figure in people:
            return step._open("crm.nurture.enrollment", people[figure])
        if figure not in FIGURES:
            raise UserError(self.env._("This figure has nothing to open."))
        domain = [("outcome", "in", FIGURES[figure])] if FIGURES[figure] else []
        if variant:
            domain.append(("variant", "=", variant))
        return step._open_rows(domain)

    # ------------------------------------------------------------
    # The table of the results
    # ------------------------------------------------------------

    def _results_table(self):
        """Give a row for each step, in the order of the way."""
        self.ensure_one()
        waiting = self._waiting_counts()
        results, former = self._step_results()
        return [
            step._results_row(
                depth, waiting.get(step.id, {}), results.get(step.id, {}), former.get(step.id, {})
            )
            for step, depth in self._steps_in_order()
        ]

    def _steps_in_order(self):
        """Give the steps as one reads the editor, and how deep each stands in conditions."""
        branches = {False: 0, "yes": 1, "no": 2}
        lists = self.step_ids.sorted(
            lambda step: (branches[step.branch], step.sequence, step.id)
        ).grouped("parent_id")

        def below(parent, depth):
            for step in lists.get(parent, ()):
                yield step, depth
                yield from below(step, depth + 1)

        return list(below(self.step_ids.browse(), 0))
