from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...models.nurture.crm_nurture_enrollment import INSIDE
from ...models.settings.notification import CLOSE_AND_RELOAD, notification


class CrmNurturePublish(models.TransientModel):
    """Asks, before a version is published, what becomes of the people inside.

    What does it propose?
        Who is at a step that the new version has, too, goes on there, with the same date. Who is
        at a step that is gone stays on the old version, which leads on whom it has.
    And who has come to another step while the dialog was open?
        Goes on as is proposed for that step.
    What keeps it from publishing?
        Problems found in the steps that are errors.
    """

    _name = "crm.nurture.publish"
    _description = "Publish a Version"

    sequence_id = fields.Many2one("crm.nurture.sequence", required=True, ondelete="cascade")
    version_id = fields.Many2one("crm.nurture.version", required=True, ondelete="cascade")
    line_ids = fields.One2many("crm.nurture.publish.line", "publish_id", "People Inside")
    problem_ids = fields.One2many("crm.nurture.publish.problem", "publish_id", "Problems")
    error_count = fields.Integer(compute="_compute_error_count")
    stay_count = fields.Integer("Stay on the Old Version", compute="_compute_counts")
    go_count = fields.Integer("Go on in the New Version", compute="_compute_counts")
    leave_count = fields.Integer("Leave", compute="_compute_counts")
    entering = fields.Char("Who Comes In", compute="_compute_entering")

    @api.depends("problem_ids")
    def _compute_error_count(self):
        for publish in self:
            errors = publish.problem_ids.filtered(lambda problem: problem.level == "error")
            publish.error_count = len(errors)

    @api.depends("line_ids.choice", "line_ids.people_count")
    def _compute_counts(self):
        for publish in self:
            counts = dict.fromkeys(("stay", "go", "leave"), 0)
            for line in publish.line_ids:
                counts[line.choice] += line.people_count
            publish.stay_count = counts["stay"]
            publish.go_count = counts["go"]
            publish.leave_count = counts["leave"]

    @api.depends("sequence_id")
    def _compute_entering(self):
        for publish in self:
            publish.entering = publish._who_enters()

    def _who_enters(self):
        """Say who comes in: how many at once, or by what."""
        sequence = self.sequence_id
        if sequence._begins_with_all():
            count = sequence._count_newcomers()
            return self.env._(
                "People who come in as soon as it is published: %(count)s.", count=count
            )
        if sequence.trigger == "manual":
            return self.env._("Nobody comes in by itself: let people in when it is published.")
        triggers = dict(sequence._fields["trigger"]._description_selection(self.env))
        return self.env._(
            "From now on people come in by: %(trigger)s.", trigger=triggers[sequence.trigger]
        )

    @api.model
    def _prepare(self, sequence):
        """Create the dialog for the draft of a sequence."""
        draft = sequence.draft_id
        if not draft:
            raise UserError(self.env._("There is no draft to publish: edit the sequence first."))
        return self.create(
            {
                "sequence_id": sequence.id,
                "version_id": draft.id,
                "line_ids": [Command.create(line) for line in self._lines(sequence, draft)],
                "problem_ids": [Command.create(problem) for problem in draft._lint()],
            }
        )

    @api.model
    def _lines(self, sequence, draft):
        """Give a line for each step, of the versions before, that people are at."""
        steps = {step.key: step for step in draft.step_ids}
        rows = (
            self.env["crm.nurture.enrollment"]
            .sudo()
            ._read_group(
                [
                    ("sequence_id", "=", sequence.id),
                    ("version_id", "!=", draft.id),
                    ("state", "in", INSIDE),
                    ("step_id", "!=", False),
                ],
                ["step_id"],
                ["__count"],
            )
        )
        for step, count in rows:
            target = steps.get(step.key)
            yield {
                "step_id": step.id,
                "people_count": count,
                "choice": "go" if target else "stay",
                "target_id": target.id if target else False,
            }

    def action_publish(self):
        """Publish, and lead the people inside as chosen."""
        self.ensure_one()
        self.sequence_id.check_access("write")
        self._check()
        self._add_lines()
        former = self.sequence_id.version_id
        self.sequence_id.action_publish()
        publication = (
            self.env["crm.nurture.publication"]
            .sudo()
            .create(
                {
                    "sequence_id": self.sequence_id.id,
                    "version_id": self.version_id.id,
                    "former_id": former.id,
                    "user_id": self.env.uid,
                }
            )
        )
        moved = sum(line._apply(publication) for line in self.line_ids)
        self.env["crm.nurture.enrollment"]._wake()
        return self._done(moved)

    def _add_lines(self):
        """Add the steps that somebody has come to since the dialog was opened."""
        known = set(self.line_ids.step_id.ids)
        lines = self._lines(self.sequence_id, self.version_id)
        self.line_ids = [Command.create(line) for line in lines if line["step_id"] not in known]

    def _check(self):
        if self.sequence_id.draft_id != self.version_id:
            raise UserError(
                self.env._("Somebody else has published this version meanwhile: close the dialog.")
            )
        errors = [one["text"] for one in self.version_id._lint() if one["level"] == "error"]
        if errors:
            raise UserError(
                self.env._("Correct this before you publish:") + "\n" + "\n".join(errors)
            )

    def _done(self, moved):
        message = self.env._("Version %(number)s is published.", number=self.version_id.number)
        if self.line_ids:
            message += " " + self.env._("People moved: %(count)s.", count=moved)
        return notification(message, then=CLOSE_AND_RELOAD)
