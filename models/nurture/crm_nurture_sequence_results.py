from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .crm_nurture_enrollment import INSIDE
from .crm_nurture_step import MESSAGES
from .figures import FIGURES, KEPT_BACK, STEPS_KEY

#: Those who were led, by what became of them: names of figures and their states.
ENDS = {"inside": INSIDE, "done": ("done",), "goal": ("goal",), "exited": ("exited",)}
LED = tuple(state for states in ENDS.values() for state in states)
MESSAGE_KINDS = tuple(MESSAGES)


def _add(figure, count, former):
    figure["count"] += count
    figure["former"] += count if former else 0


class CrmNurtureSequence(models.Model):
    """The results of a sequence, as its page shows them: read when it is opened.

    What do the people add up to?
        Who came in is inside, finished, left at the goal, left otherwise, or was deleted while
        inside. Who is held out stands apart: they never came in.
    Who reached the goal?
        Whoever has, also after the end; only those who were led.
    Of which version is somebody?
        Of the one this person is in, or was in at the end; a step is that of its own version.
    """

    _inherit = "crm.nurture.sequence"

    @api.readonly
    def get_results(self, version_id=False):
        """Give all figures of the page.

        :param version_id: the version whose steps are shown; without one the latest that led people
        """
        self.ensure_one()
        people = self._people_by_version()
        version = self._version_to_show(version_id, people)
        return {
            "people": self._people_figures(people),
            "causes": self._cause_figures(people),
            "versions": self._version_figures(people),
            "version_id": version.id,
            "steps": version._results_table() if version else [],
            "rules": self._rule_figures(version),
            "lift": self._lift(),
            "problem": bool(self.sudo().problem),
        }

    def _version_to_show(self, version_id, people):
        chosen = self.version_ids.filtered(lambda version: version.id == version_id)
        lived = {version for version, *_figures in people}
        latest = self.version_ids.filtered(lambda version: version in lived)[:1]
        return chosen or latest or self.version_id or self.draft_id

    # ------------------------------------------------------------
    # People
    # ------------------------------------------------------------

    def _people_by_version(self):
        """Give people by what became of them: list of (version, state, cause, count, goals, former)

        Those whose rows are deleted are among them as counts, with *former* set.
        """
        here = self.env["crm.nurture.enrollment"]._read_group(
            [("sequence_id", "=", self.id)],
            ["version_id", "state", "cause"],
            ["__count", "goal_at:count"],
        )
        gone = self.env["crm.nurture.tally"]._read_group(
            [("sequence_id", "=", self.id), ("step_id", "=", False)],
            ["version_id", "outcome", "cause"],
            ["count:sum", "goals:sum"],
        )
        return [(*row, False) for row in here] + [(*row, True) for row in gone]

    @api.model
    def _people_figures(self, people):
        """Give the figures of the people: key -> count, and how many of them are deleted."""
        keys = ("led", *ENDS, "deleted", "reached", "holdout")
        figures = {key: {"count": 0, "former": 0} for key in keys}
        for _version, state, _cause, count, goals, former in people:
            for key in self._figures_of_state(state, former):
                _add(figures[key], count, former)
            if state != "holdout":
                _add(figures["reached"], goals, former)
        return figures

    @api.model
    def _figures_of_state(self, state, former):
        """Give the figures that somebody in a state counts in."""
        if state == "holdout":
            return ("holdout",)
        if former and state in INSIDE:
            return ("led", "deleted")
        return ("led", next(key for key, states in ENDS.items() if state in states))

    def _cause_figures(self, people):
        """Give why people left before the end, the most frequent cause first."""
        causes = self.env["crm.nurture.enrollment"]._fields["cause"]
        labels = dict(causes._description_selection(self.env))
        counts = {}
        for _version, state, cause, count, _goals, former in people:
            if state == "exited":
                row = {"key": cause or False, "label": labels.get(cause, "")}
                _add(counts.setdefault(cause, {**row, "count": 0, "former": 0}), count, former)
        return sorted(counts.values(), key=lambda row: -row["count"])

    def _version_figures(self, people):
        """Give for each version its people, and what became of its messages, the latest first."""
        messages = self._messages_by_version()
        return [
            {
                **version._to_choose(),
                "published_at": version.published_at,
                "people": self._people_figures([row for row in people if row[0] == version]),
                "messages": messages.get(version, {}),
            }
            for version in self.version_ids
        ]

    def _messages_by_version(self):
        """Give what became of the messages: version -> figure -> count, and of how many deleted."""
        names = ("sent", "opened", "clicked")
        found = {}
        for version, is_former, *counts in self.version_ids._report()._read_group(
            [("version_id", "in", self.version_ids.ids), ("kind", "in", MESSAGE_KINDS)],
            ["version_id", "is_former"],
            [f"{name}_count:sum" for name in names],
        ):
            figures = found.setdefault(version, {name: {"count": 0, "former": 0} for name in names})
            for name, count in zip(names, counts, strict=True):
                _add(figures[name], count, is_former)
        return found

    def _rule_figures(self, version):
        """Give which rules kept messages of a version back, or what made them fail."""
        report = version._report()
        labels = dict(report._fields["rule"]._description_selection(self.env))
        figures = {}
        for rule, is_former, count in report._read_group(
            [("version_id", "in", version.ids), ("outcome", "in", KEPT_BACK)],
            ["rule", "is_former"],
            ["nbr:sum"],
        ):
            label = labels.get(rule) or self.env._("Another reason")
            row = {"key": rule, "label": label, "count": 0, "former": 0}
            _add(figures.setdefault(rule, row), count, is_former)
        return sorted(figures.values(), key=lambda row: -row["count"])

    # ------------------------------------------------------------
    # What a figure opens
    # ------------------------------------------------------------

    @api.readonly
    def open_people(self, key, version_id=False, cause=False):
        """Open the people behind a figure."""
        self.ensure_one()
        led = [("state", "in", LED)]
        domains = {
            "led": led,
            "reached": [*led, ("goal_at", "!=", False)],
            "holdout": [("state", "=", "holdout")],
            "cause": [("state", "=", "exited"), ("cause", "=", cause)],
            **{name: [("state", "in", states)] for name, states in ENDS.items()},
        }
        if key not in domains:
            raise UserError(self.env._("This figure has nothing to open."))
        version = [("version_id", "=", version_id)] if version_id else []
        names = {
            "led": self.env._("Came In"),
            "inside": self.env._("People Inside"),
            "done": self.env._("Came to the End"),
            "goal": self.env._("Left at the Goal"),
            "exited": self.env._("Left before the End"),
            "cause": self.env._("Left before the End"),
            "reached": self.env._("Reached the Goal"),
            "holdout": self.env._("Held Out"),
        }
        return self._open_people(names[key], [*domains[key], *version])

    @api.readonly
    def open_messages(self, version_id, figure=False, rule=None):
        """Open the messages of a version behind a figure, or those that a rule kept back."""
        self.ensure_one()
        version = self.version_ids.filtered(lambda one: one.id == version_id)
        domain = Domain("version_id", "=", version.id)
        if figure and figure not in FIGURES:
            raise UserError(self.env._("This figure has nothing to open."))
        if figure:
            domain &= Domain("kind", "in", MESSAGE_KINDS)
            domain &= Domain("outcome", "in", FIGURES[figure])
        if rule is not None:
            domain &= Domain("rule", "=", rule) & Domain("outcome", "in", KEPT_BACK)
        name = version.display_name if figure else self.env._("Did Not Arrive")
        action = self.env["crm.nurture.report"]._open(name, list(domain))
        return {**action, "context": {STEPS_KEY: version.step_ids.ids}}

    @api.readonly
    def action_open_report(self):
        """Open all figures of the sequence: table, graph, list."""
        domain = [("sequence_id", "in", self.ids)]
        views = ("pivot", "graph", "list")
        action = self.env["crm.nurture.report"]._open(self.env._("All Figures"), domain, views)
        return {**action, "context": {STEPS_KEY: self.version_ids.step_ids.ids}}
