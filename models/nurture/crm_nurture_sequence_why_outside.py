from odoo import models
from odoo.tools import format_date, formatLang

from . import timetable


class CrmNurtureSequence(models.Model):
    """The rules about somebody outside, as sentences: kept out, or ready to come in."""

    _inherit = "crm.nurture.sequence"

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
            return self.env._(
                "Comes in again at the next event: the latest one has brought this person in"
                " already."
            )
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
        share = self.holdout_percent
        digits = 0 if share == int(share) else 2
        return self.env._(
            "Belongs to the %(percent)s %% who will get nothing, so that the others can be"
            " compared with them.",
            percent=formatLang(self.env, share, digits=digits),
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
