from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .figures import FIGURES


class CrmNurtureVersion(models.Model):
    """What the editor shows: the steps, and what happened at each.

    Whom do the figures count?
        The people that the user may see; each figure opens them. Of people whose rows are
        deleted only their number is left, for those who may see all.
    """

    _inherit = "crm.nurture.version"

    @api.readonly
    def get_flow(self):
        """Give the steps with their figures and problems, and the other versions."""
        self.ensure_one()
        problems = self._problems_by_step()
        figures = self._step_figures()
        waiting = self._waiting_counts()
        return {
            "id": self.id,
            "state": self.state,
            "editable": self.state == "draft" and self.sequence_id.can_edit,
            "versions": [version._to_choose() for version in self.sequence_id.version_ids],
            "steps": [
                step._card(waiting.get(step.id, {}), figures.get(step.id, {}))
                | {"problems": problems.get(step.id, [])}
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

    def _step_figures(self):
        """Give what became of each step: dict of step id -> dict of result -> count."""
        figures = {}
        for step_id, result, count in self._living_figures() + self._former_figures():
            results = figures.setdefault(step_id, {})
            results[result] = results.get(result, 0) + count
        return figures

    def _living_figures(self):
        deliveries = self.env["crm.nurture.delivery"]
        for model in ("crm.nurture.delivery", "mailing.trace", "link.tracker.click"):
            self.env[model].sudo().flush_model()
        visible = self.env["crm.nurture.enrollment"]._search([("version_id", "=", self.id)])
        ids = SQL(
            "SELECT id FROM crm_nurture_delivery WHERE step_id = ANY(%s) AND enrollment_id IN %s",
            list(self.step_ids.ids),
            visible.subselect(),
        )
        return self.env.execute_query(
            SQL(
                "SELECT d.step_id, %s AS result, COUNT(*) FROM %s WHERE d.id IN (%s) GROUP BY 1, 2",
                deliveries._outcome_sql(),
                deliveries._outcome_joins_sql(ids),
                ids,
            )
        )

    def _former_figures(self):
        if not self.env.user.has_group("sales_team.group_sale_salesman_all_leads"):
            return []
        rows = self.env["crm.nurture.tally"]._read_group(
            [("version_id", "=", self.id), ("step_id", "!=", False)],
            ["step_id", "outcome"],
            ["count:sum"],
        )
        return [(step.id, outcome, count) for step, outcome, count in rows]

    @api.readonly
    def open_figure(self, step_id, figure):
        """Open the people behind a figure of a step."""
        self.ensure_one()
        step = self.step_ids.filtered(lambda one: one.id == step_id)
        at_step = [("step_id", "=", step.id), ("left_at", "=", False)]
        people = {"waiting": at_step, "quarantine": [*at_step, ("state", "=", "quarantine")]}
        if figure in people:
            return step._open("crm.nurture.enrollment", people[figure])
        if figure not in FIGURES:
            raise UserError(self.env._("This figure has nothing to open."))
        domain = [("step_id", "=", step.id), ("result", "in", FIGURES[figure])]
        return step._open("crm.nurture.delivery", domain)
