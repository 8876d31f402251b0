from typing import NamedTuple

from odoo import models
from odoo.tools import format_date, format_time

from . import timetable

#: What is said of somebody in a sequence, and of what is about to happen.
LEAVES, HELD, THEN = "leaves_", "holds_", "then_"


class Facts(NamedTuple):
    """What a sentence may name: the person, the place in the sequence, the clock of the person."""

    record: models.BaseModel
    enrollment: models.BaseModel
    zone: str


class CrmNurtureSequence(models.Model):
    """The rules in plain words: of many people in a table, of one person as a sentence."""

    _inherit = "crm.nurture.sequence"

    # ------------------------------------------------------------
    # Of many
    # ------------------------------------------------------------

    def _why_label(self, code):
        """Give a rule in some words, for a table of people."""
        if code.startswith(LEAVES):
            cause = code.removeprefix(LEAVES)
            return self.env._("Leave now: %(why)s", why=self._why_cause(cause))
        if code.startswith(HELD):
            cause = code.removeprefix(HELD)
            return self.env._("On hold: %(why)s", why=self._why_cause(cause))
        labels = {**self._why_labels_inside(), **self._why_labels_outside()}
        return labels.get(code) or self._why_cause(code)

    def _why_cause(self, cause):
        """Give a cause in the words of the list of people."""
        field = self.env["crm.nurture.enrollment"]._fields["cause"]
        return dict(field._description_selection(self.env)).get(cause, cause)

    def _why_labels_inside(self):
        return {
            "quarantine": self.env._("In quarantine: a step failed"),
            "paused": self.env._("Keep their places: the sequence is paused"),
            "released": self.env._("Go on at the next look around"),
            "due": self.env._("Are due now"),
            "trouble": self.env._("Come to the same step again: it could not be done"),
            "cap": self.env._("Got enough messages lately"),
            "budget": self.env._("Enough messages have left today"),
            "hours": self.env._("Wait for the sending hours"),
            "waiting": self.env._("Wait for their next step"),
        }

    def _why_labels_outside(self):
        return {
            "again": self.env._("Were in before"),
            "archived": self.env._("Archived or lost"),
            "hidden": self.env._("The owner of the sequence may not see them"),
            "company": self.env._("Belong to another company"),
            "segment": self.env._("Are not in the segment"),
            "filter": self.env._("Do not match the filter"),
            "audience": self.env._("Are not among those whom the sequence is for"),
            "goal": self.env._("Have reached the goal already"),
            "rule": self.env._("Match the exit rule"),
            "unsubscribed": self.env._("Want no more of these messages"),
            "restricted": self.env._("Their processing is restricted"),
            "held_out": self.env._("Will get nothing, to compare with"),
            "holdout": self.env._("Get nothing, to compare with"),
            "closed": self.env._("The sequence is closed"),
            "present": self.env._("Come in at the next look around"),
            "event": self.env._("Come in at the next look around: it has happened"),
            "trigger": self.env._("Come in when it happens: %(what)s", what=self._why_trigger()),
            "manual": self.env._("May be let in by hand"),
        }

    def _why_trigger(self):
        """Give the event that brings people in, in words."""
        what = dict(self._fields["trigger"]._description_selection(self.env))[self.trigger]
        detail = {
            "segment": self.segment_id.name,
            "stage": self.trigger_stage_id.name,
            "score": str(self.trigger_score),
            "rfm": ", ".join(self.trigger_rfm_ids.mapped("name")),
            "anniversary": self._why_date_name(),
        }.get(self.trigger)
        return f"{what} ({detail})" if detail else what

    def _why_date_name(self):
        field = self.env[self.model]._fields.get(self.trigger_field or "")
        return field._description_string(self.env) if field else ""

    # ------------------------------------------------------------
    # Of one
    # ------------------------------------------------------------

    def _why_sentence(self, code, facts):
        """Say a rule of one person in a sentence."""
        for prefix in (LEAVES, HELD, THEN):
            if code.startswith(prefix):
                say = getattr(self, f"_why_say_{prefix.strip('_')}")
                return say(code.removeprefix(prefix), facts)
        say = getattr(self, f"_why_say_{code}", None)
        return say(facts) if say else f"{self._why_cause(code)}."

    def _why_moment(self, moment, facts):
        """Give a moment by the clock of the person, and name the clock."""
        local = timetable.localized(moment, facts.zone)
        return self.env._(
            "%(date)s, %(time)s (%(zone)s)",
            date=format_date(self.env, local.date()),
            time=format_time(self.env, local.time(), time_format="short"),
            zone=facts.zone,
        )

    def _why_place(self, facts):
        """Give what most sentences about somebody inside name."""
        enrollment = facts.enrollment
        due = enrollment.due_at
        return {
            "step": enrollment.step_id.display_name,
            "until": self._why_moment(due, facts) if due else "",
            "reason": enrollment.reason or self._why_cause(enrollment.cause or "trouble"),
        }
