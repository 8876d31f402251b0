from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from . import filters, lint
from .crm_nurture_step import MESSAGES

#: So many days apart two sequences write to the same people without a warning.
CROWDED_DAYS = 7


class CrmNurtureVersion(models.Model):
    """What is wrong with a version, found before anybody is led by it.

    What is found?
        Steps that nobody comes to, or that are not complete; messages without text or without a
        way to leave; sequences that start each other without end; waits that are shorter than
        the engine can keep; filters on fields that do not exist or that the owner may not
        see; other sequences that write to the same people within a week; scheduled actions that
        are switched off.
    What does a problem do?
        An *error* keeps the version from being published in the editor; a *warning* does not.
    """

    _inherit = "crm.nurture.version"

    def _lint(self):
        """Give the problems: list of dicts with `level`, `step_id` and `text`, errors first."""
        self.ensure_one()
        found = [
            {"level": level, "step_id": step.id if step else False, "text": text}
            for level, step, text in [
                *self._lint_engine(),
                *self._lint_way(),
                *self._lint_steps(),
                *self._lint_loops(),
                *self._lint_filters(),
                *self._lint_crowd(),
            ]
        ]
        return sorted(found, key=lambda problem: problem["level"] != "error")

    def _problems_by_step(self):
        """Give the problems of a draft: dict of step id, or False, -> list."""
        problems = {}
        for problem in self._lint() if self.state == "draft" else ():
            problems.setdefault(problem["step_id"], []).append(problem)
        return problems

    def _lint_engine(self):
        """Say what keeps everybody from being led, whatever the steps are."""
        crons = self.env["crm.nurture.enrollment"]._crons()[:1]
        crons |= self.env["crm.nurture.sequence"]._watch_cron()
        for cron in crons.filtered(lambda cron: not cron.active):
            text = self.env._(
                "The scheduled action “%(name)s” is switched off, so nobody goes on. Ask an"
                " administrator to switch it on.",
                name=cron.cron_name,
            )
            yield "warning", None, text

    def _lint_way(self):
        """Say which steps nobody comes to."""
        if not self.step_ids:
            yield "error", None, self.env._("There are no steps yet: add the first one.")
            return
        ends = set(self.step_ids.filtered(lambda step: step.kind == "exit").ids)
        reached = lint.reached(self._path(), ends)
        for step in self.step_ids:
            if step.id not in reached:
                text = self.env._("Nobody comes to this step: everybody has left before it.")
                yield "error", step, text

    def _lint_steps(self):
        for step in self.step_ids:
            for level, text in step._lint():
                yield level, step, text

    # ------------------------------------------------------------
    # Sequences that start each other
    # ------------------------------------------------------------

    def _lint_loops(self):
        """Say which step leads back to this sequence without any wait."""
        starts = self._starts_at_once()
        edges = self._start_edges()
        for step in starts:
            target = step.next_sequence_id
            way = lint.loops(edges | {self.sequence_id.id: [target.id]}, self.sequence_id.id)
            if way:
                names = self.env["crm.nurture.sequence"].browse(way).mapped("name")
                text = self.env._(
                    "The sequences start each other without any wait: %(way)s. Add a wait.",
                    way=" → ".join(names),
                )
                yield "error", step, text

    def _starts_at_once(self):
        """Give the steps that start another sequence, reached without any wait."""
        waits = set(self.step_ids.filtered(lambda step: step.kind == "wait").ids)
        ends = set(self.step_ids.filtered(lambda step: step.kind == "exit").ids)
        reached = lint.reached_at_once(self._path(), waits, ends)
        return self.step_ids.filtered(
            lambda step: step.kind == "sequence" and step.next_sequence_id and step.id in reached
        )

    def _start_edges(self):
        """Give which running sequence starts which at once: dict of id -> ids."""
        running = self.env["crm.nurture.sequence"].sudo().search([("version_id", "!=", False)])
        return {
            sequence.id: sequence.version_id._starts_at_once().next_sequence_id.ids
            for sequence in running - self.sequence_id
        }

    # ------------------------------------------------------------
    # Filters
    # ------------------------------------------------------------

    def _lint_filters(self):
        """Say which filters name fields that do not exist or that the owner may not see."""
        sequence = self.sequence_id
        for name in ("domain", "goal_domain", "exit_domain"):
            for text in self._lint_filter(sequence[name]):
                label = sequence._fields[name]._description_string(self.env)
                named = self.env._("%(filter)s: %(problem)s", filter=label, problem=text)
                yield "error", None, named
        for step in self.step_ids.filtered(lambda one: one.kind == "condition"):
            if step.check == "domain":
                for text in self._lint_filter(step.domain):
                    yield "error", step, text

    def _lint_filter(self, text):
        target = self.sequence_id._target()
        try:
            domain = filters.read(text)
            for condition in domain.iter_conditions():
                self._lint_path(target, condition.field_expr)
            domain.validate(target)
        except (KeyError, LookupError, ValueError) as error:
            yield self.env._("The filter does not work: %(why)s", why=str(error).strip())
        except UserError as error:
            yield str(error)

    def _lint_path(self, model, path):
        """Follow a path of fields as the owner.

        :raise UserError: one is not there, or not for the owner
        """
        for name in path.split("."):
            field = model._fields.get(name)
            if field is None:
                raise UserError(
                    self.env._(
                        "The filter uses a field that does not exist (%(name)s). Take the"
                        " condition out.",
                        name=name,
                    )
                )
            if not model._has_field_access(field, "read"):
                raise UserError(
                    self.env._(
                        "The filter uses “%(label)s”, which the owner of the sequence may not"
                        " see. Take the condition out, or let somebody else own the sequence.",
                        label=field._description_string(self.env),
                    )
                )
            if not field.relational:
                return
            model = model[name].browse()

    # ------------------------------------------------------------
    # Other sequences
    # ------------------------------------------------------------

    def _lint_crowd(self):
        """Say which other running sequences write to the same people in the same week."""
        if not self._writes_soon():
            return
        for other, count in self._shared_people():
            text = self.env._(
                "“%(other)s” writes to the same people within a week: %(count)s of them. The"
                " limit of messages per person holds, but think of one sequence for both.",
                other=other.name,
                count=count,
            )
            yield "warning", None, text

    def _writes_soon(self):
        return any(step.kind in MESSAGES for step in self.step_ids)

    def _shared_people(self):
        """Give the other sequences that write lately or soon, and to how many of the same."""
        people = self._lint_people()
        if people is None:
            return []
        others = self.env["crm.nurture.sequence"].search(
            [
                ("id", "!=", self.sequence_id.id),
                ("state", "=", "running"),
                ("version_id.step_ids.kind", "in", list(MESSAGES)),
            ]
        )
        week = fields.Datetime.subtract(fields.Datetime.now(), days=CROWDED_DAYS)
        subject = self.sequence_id._subject()
        return self.env["crm.nurture.enrollment"]._read_group(
            Domain("sequence_id", "in", others.ids)
            & (Domain("left_at", "=", False) | Domain("left_at", ">", week))
            & Domain(subject, "in", people),
            ["sequence_id"],
            [f"{subject}:count_distinct"],
        )

    def _lint_people(self):
        """Give the query of the people the version is for; None if the filter does not work."""
        sequence = self.sequence_id
        if sequence.trigger == "manual" and not filters.is_set(sequence.domain):
            inside = [("sequence_id", "=", sequence.id), ("left_at", "=", False)]
            subject = sequence._subject()
            enrollments = self.env["crm.nurture.enrollment"]._search(inside)
            return enrollments.subselect(f'"crm_nurture_enrollment"."{subject}"')
        try:
            return SQL("(%s)", sequence._audience().select())
        except (UserError, ValueError, KeyError):
            return None
