from datetime import datetime
from typing import NamedTuple

from odoo import fields, models
from odoo.exceptions import UserError


class Result(NamedTuple):
    """What a step did for one enrollment.

    `outcome` and `note` go into the delivery; `branch` is the answer of a condition; `trace` the id
    of the mailing trace of a message; `leaves` the state in which the person leaves the sequence.
    With `until` nothing was done: the person comes to the same step again at that moment.
    """

    outcome: str
    note: str | None = None
    branch: str | None = None
    trace: int | None = None
    leaves: str | None = None
    until: datetime | None = None


DONE = Result("done")


class CrmNurtureStep(models.Model):
    """What the kinds of steps do, each for many enrollments at once.

    How is a kind added?
        By a method `_do_KIND` that takes enrollments and gives a `Result` for each id. Whatever it
        writes is in one transaction with the deliveries. It may raise: the engine then finds the
        culprits by halves.
    When is a step due?
        When somebody comes to it, except what `_due_at` says otherwise.
    """

    _inherit = "crm.nurture.step"

    def _do(self, enrollments):
        """Do the step.

        :return: dict of enrollment id -> Result
        """
        self.ensure_one()
        return getattr(self, f"_do_{self.kind}")(enrollments)

    def _due_at(self, enrollments, now):
        """Give when those who come to the step now are due: dict of enrollment id -> moment."""
        self.ensure_one()
        return dict.fromkeys(enrollments.ids, now)

    def _closed_until(self, enrollments, now=None):
        """Give who may not have the step at this hour, and until when: dict of id -> moment."""
        return {}

    def _all(self, enrollments, result=DONE):
        return dict.fromkeys(enrollments.ids, result)

    def _do_exit(self, enrollments):
        return self._all(enrollments, Result("done", leaves="exited"))

    def _do_stage(self, enrollments):
        # the move itself is the trace of the change
        records = enrollments._records().with_context(tracking_disable=True)
        records._lifecycle_move(self.stage_id, "sequence")
        return self._all(enrollments)

    def _do_assign(self, enrollments):
        enrollments._records().write({"user_id": self.user_id.id})
        return self._all(enrollments)

    def _do_activity(self, enrollments):
        """Create the activities at once; without somebody in charge: for the owner."""
        today = fields.Date.context_today(self)
        owner = self.sequence_id.user_id
        model_id = self.env["ir.model"]._get_id(self.sequence_id.model)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": record.id,
                    "activity_type_id": self.activity_type_id.id,
                    "summary": self.activity_summary,
                    "date_deadline": fields.Date.add(today, days=self.activity_days),
                    "user_id": (self.activity_user_id or record.user_id or owner).id,
                }
                for record in enrollments._records()
            ]
        )
        return self._all(enrollments)

    def _do_plan(self, enrollments):
        """Start the plan; without somebody in charge: for the owner."""
        owner = self.sequence_id.user_id
        for user, records in enrollments._records().grouped("user_id").items():
            self.activity_plan_id._lifecycle_schedule(records, user or owner)
        return self._all(enrollments)

    def _do_tag(self, enrollments):
        records = enrollments._records()
        name, tags = (
            ("tag_ids", self.tag_ids)
            if records._name == "crm.lead"
            else ("category_id", self.category_ids)
        )
        records.write({name: [fields.Command.link(tag.id) for tag in tags]})
        return self._all(enrollments)

    def _do_action(self, enrollments):
        """Run the action with the rights of the owner: who builds a sequence gains none by it."""
        records = enrollments._records()
        self.action_id.with_user(self.sequence_id.user_id).with_context(
            active_model=records._name, active_ids=records.ids, active_id=records[:1].id
        ).run()
        return self._all(enrollments)

    def _do_sequence(self, enrollments):
        """Let them into the other sequence, unless it does not run (any more)."""
        other = self.next_sequence_id
        if other.state != "running":
            raise UserError(
                self.env._(
                    "The sequence “%s” that this step starts does not run: publish it, or edit"
                    " this sequence.",
                    other.name,
                )
            )
        other._enroll(enrollments._records())
        return self._all(enrollments)
