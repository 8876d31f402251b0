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

#: When it is looked again whether a paused sequence goes on.
PAUSED_MINUTES = 60


class CrmNurtureStep(models.Model):
    """What the kinds of steps do, each for many enrollments at once.

    How is a kind added?
        By a method `_do_KIND` that takes enrollments and gives a `Result` for each id. Whatever it
        writes is in one transaction with the deliveries. It may raise: the engine then finds the
        culprits by halves.
    When is a step due?
        When somebody comes to it, except what `_due_at` says otherwise.
    What if what it needs was deleted, or archived, after it was published?
        Then it fails for everybody, says why, and people go on with the next step.
    With whose rights?
        Server actions: with those of the owner, in the company of the sequence. The others change
        only what they say they change.
    """

    _inherit = "crm.nurture.step"

    def _do(self, enrollments):
        """Do the step.

        :return: dict of enrollment id -> Result
        """
        self.ensure_one()
        gone = self._gone()
        if gone:
            return self._all(enrollments, Result("failed", gone))
        return getattr(self, f"_do_{self.kind}")(enrollments)

    def _gone(self):
        """Say what the step needs and is not there any more; None if all is there."""
        if self.kind == "assign" and not self.user_id.active:
            return self.env._("The salesperson of this step is not there any more.")
        if self.kind == "activity" and not self.activity_type_id:
            return self.env._("The type of the activity of this step was deleted.")
        if self.kind == "tag" and not self._tags():
            return self.env._("The tags of this step were deleted.")
        if self.kind == "stage" and not self.stage_id.active:
            return self.env._("The lifecycle stage of this step was archived.")
        if self.kind == "sequence" and self.next_sequence_id.state == "closed":
            return self.env._("The sequence that this step starts was closed.")
        return None

    def _tags(self):
        return self.tag_ids if self.model == "crm.lead" else self.category_ids

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
        # as when Odoo deals leads out: no mail for each of them
        records = enrollments._records().with_context(mail_auto_subscribe_no_notify=True)
        records.write({"user_id": self.user_id.id})
        return self._all(enrollments)

    def _do_tag(self, enrollments):
        records = enrollments._records()
        name = "tag_ids" if records._name == "crm.lead" else "category_id"
        records.write({name: [fields.Command.link(tag.id) for tag in self._tags()]})
        return self._all(enrollments)

    def _do_action(self, enrollments):
        """Run the action with the rights of the owner: who builds a sequence gains none by it."""
        records = enrollments._records()
        self.action_id.with_env(self.sequence_id._target().env).with_context(
            active_model=records._name, active_ids=records.ids, active_id=records[:1].id
        ).run()
        return self._all(enrollments)

    def _do_sequence(self, enrollments):
        """Let them into the other sequence; while it is paused they wait before it."""
        other = self.next_sequence_id
        if other.state == "paused":
            later = fields.Datetime.add(fields.Datetime.now(), minutes=PAUSED_MINUTES)
            return self._all(enrollments, Result("done", until=later))
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
