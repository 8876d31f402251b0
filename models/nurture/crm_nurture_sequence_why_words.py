from typing import NamedTuple

from odoo import models
from odoo.tools import SQL, format_date, format_time

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

    # inside: about to leave

    def _why_say_leaves(self, cause, _facts):
        return self.env._(
            "Inside, and leaves at the next look around: %(why)s.", why=self._why_cause(cause)
        )

    # inside: on hold

    def _why_sales(self, facts):
        """Name what sales are at work with, as far as the reader may see it."""
        person = SQL("%s::int", facts.record.id)
        works = SQL(" UNION ").join(
            SQL("SELECT model, id FROM (%s) work WHERE busy = %s", work, who)
            for who, work in self._sales_work(person)
        )
        names = []
        for model, record_id in self.env.execute_query(SQL("%s ORDER BY model DESC, id", works)):
            found = facts.record.env[model].browse(record_id)._filtered_access("read")
            names.append(found.display_name if found else self._why_hidden_work(model))
        return ", ".join(dict.fromkeys(names))

    def _why_hidden_work(self, model):
        if model == "sale.order":
            return self.env._("a quotation")
        return self.env._("a meeting")

    def _why_say_holds(self, cause, facts):
        if cause != "sales":
            return self.env._(
                "On hold at “%(step)s”: the processing is restricted. Nothing is sent until the"
                " restriction is lifted.",
                **self._why_place(facts),
            )
        return self.env._(
            "On hold at “%(step)s”, because sales are at work: %(work)s. It goes on when this is"
            " over.",
            **self._why_place(facts) | {"work": self._why_sales(facts)},
        )

    def _why_say_then(self, cause, facts):
        if cause != "sales":
            return self.env._("The processing is restricted: nothing will be sent.")
        return self.env._(
            "Sales are at work: %(work)s. The next step waits until this is over.",
            work=self._why_sales(facts),
        )

    def _why_say_released(self, facts):
        return self.env._(
            "Was on hold at “%(step)s”; nothing holds it up any more: it goes on at the next look"
            " around.",
            **self._why_place(facts),
        )

    # inside: waiting

    def _why_say_quarantine(self, facts):
        return self.env._(
            "In quarantine: “%(step)s” failed: %(reason)s. Correct the cause, then try again.",
            **self._why_place(facts) | {"reason": (facts.enrollment.reason or "").rstrip(". ")},
        )

    def _why_say_paused(self, facts):
        return self.env._(
            "Waits at “%(step)s”, because the sequence is paused. Let it go on, and the person"
            " goes on from here.",
            **self._why_place(facts),
        )

    def _why_say_due(self, facts):
        return self.env._("“%(step)s” is due now: it is done next.", **self._why_place(facts))

    def _why_say_trouble(self, facts):
        return self.env._(
            "“%(step)s” could not be done (%(reason)s); it is tried again on %(until)s.",
            **self._why_place(facts),
        )

    def _why_say_cap(self, facts):
        company = self.company_id or self.env.company
        return self.env._(
            "Got enough messages lately: at most %(number)s in %(days)s days. “%(step)s” is looked"
            " at again on %(until)s.",
            **self._why_place(facts)
            | {"number": company.nurture_cap_number, "days": company.nurture_cap_days},
        )

    def _why_say_budget(self, facts):
        return self.env._(
            "No more messages leave today: “%(step)s” follows on %(until)s.",
            **self._why_place(facts),
        )

    def _why_say_hours(self, facts):
        return self.env._(
            "Waits at “%(step)s” until %(until)s: messages leave within the hours of “%(hours)s”.",
            **self._why_place(facts) | {"hours": self.calendar_id.name},
        )

    def _why_say_waiting(self, facts):
        return self.env._("Waits at “%(step)s” until %(until)s.", **self._why_place(facts))

    # outside: the past, and those whom it is not for

    def _why_say_again(self, facts):
        return f"{self._why_say_past(facts)} {self._why_say_return(facts)}"

    def _why_say_past(self, facts):
        last = facts.enrollment
        return self.env._(
            "Was inside from %(entered)s to %(left)s: %(why)s.",
            entered=format_date(self.env, last.entered_at),
            left=format_date(self.env, last.left_at),
            why=last.reason or self._why_cause(last.cause or "end"),
        )

    def _why_say_return(self, facts):
        if self.reentry != "after":
            return self.env._("Nobody comes in twice.")
        since = self._again_since()
        if facts.enrollment.left_at < since:
            return self.env._("Comes in again when it happens again: it came in by this already.")
        again = timetable.after(facts.enrollment.left_at, self.reentry_days, "days")
        return self.env._("May come in again from %(date)s on.", date=format_date(self.env, again))

    def _why_say_archived(self, _facts):
        return self.env._("Archived or lost.")

    def _why_say_company(self, facts):
        return self.env._(
            "Belongs to another company (%(other)s); the sequence is that of %(own)s.",
            other=facts.record.sudo().company_id.name or "",
            own=self.company_id.name,
        )

    def _why_say_hidden(self, _facts):
        return self.env._(
            "%(owner)s, the owner of the sequence, may not see this record.",
            owner=self.user_id.name,
        )

    def _why_say_segment(self, _facts):
        return self.env._("Is not in the segment “%(name)s”.", name=self.segment_id.name)

    def _why_say_filter(self, _facts):
        return self.env._("Does not match the filter of the sequence.")

    def _why_say_audience(self, _facts):
        return self.env._("Is not among those whom the sequence is for.")

    # outside: what keeps somebody out

    def _why_say_goal(self, _facts):
        return self.env._("Has reached the goal of the sequence already.")

    def _why_say_rule(self, _facts):
        return self.env._("Matches the exit rule of the sequence.")

    def _why_say_unsubscribed(self, _facts):
        return self.env._("Wants no more messages of this sequence.")

    def _why_say_restricted(self, _facts):
        return self.env._("The processing of this person's data is restricted.")

    def _why_say_held_out(self, _facts):
        return self.env._(
            "Belongs to the %(percent)g %% who will get nothing, so that the others can be"
            " compared with them.",
            percent=self.holdout_percent,
        )

    def _why_say_holdout(self, facts):
        return self.env._(
            "Gets nothing since %(date)s, so that the others can be compared with this person"
            " (hold-out).",
            date=format_date(self.env, facts.enrollment.entered_at),
        )

    # outside: ready

    def _why_say_closed(self, _facts):
        return self.env._("Nothing else keeps this person out.")

    def _why_say_present(self, _facts):
        return self.env._("Nothing keeps this person out: comes in at the next look around.")

    def _why_say_event(self, _facts):
        return self.env._("What brings people in has happened: comes in at the next look around.")

    def _why_say_trigger(self, _facts):
        starts = [start for start in self.version_ids.mapped("published_at") if start]
        if not starts:
            return self.env._(
                "Nothing keeps this person out: comes in when it happens (%(what)s).",
                what=self._why_trigger(),
            )
        return self.env._(
            "Nothing keeps this person out, but what brings people in (%(what)s) has not happened"
            " since the start on %(date)s.",
            what=self._why_trigger(),
            date=format_date(self.env, min(starts)),
        )

    def _why_say_manual(self, _facts):
        return self.env._("Nothing keeps this person out: let them in by hand.")
