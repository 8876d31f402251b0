"""Nurturing sequences: every person gets every step exactly once, at the right hour, lawfully.

A *sequence* leads leads or contacts through *steps*: e-mails, SMS, activities, waits, conditions
with branches ... Its steps belong to a *version*; publishing freezes it, an edit makes the next.
Somebody in a sequence is an *enrollment*, which waits at one step until a moment. The engine takes
what is due, does the step, notes a *delivery* and moves on, all in one transaction: whatever stops
it, nothing is done twice and nothing is lost.

People come in by triggers, or by hand; every few minutes a look around finds who comes in, who
has to leave and who goes on. Who left long ago is deleted; the *tally* keeps the figures.

Models: `crm.nurture.sequence`, `crm.nurture.version`, `crm.nurture.step`,
`crm.nurture.enrollment`, `crm.nurture.delivery`, `crm.nurture.tally`, `crm.nurture.optout`;
`crm.nurture.publication` and `crm.nurture.publication.move`: what a publication did, to undo it.

What others may call:

* `sequence.action_publish()`: freeze the draft and let people in;
* `sequence._enroll(records)`: let these leads or contacts in, if they may; `_enroll_query` for
  any number of them;
* `sequence._audience()`: the query of the people it is for, as the owner sees them;
  `_count_newcomers()`: how many of them come in, `_begins_with_all()`: whether they do by
  themselves;
* `env["crm.nurture.sequence"]._cron_watch()`: the look around; `sequences._busy()`: where it would
  change something;
* `env["crm.nurture.enrollment"]._cron_run_due()`: do what is due; from any number of processes;
* `enrollments._leave(state, reason)`: take somebody out;
* `sequence._why(record)`: why a lead or contact is where it is, in sentences; `_why_counts()` and
  `_why_domain(code)` for all people by the rule that decides;
* `delivery.result`, and as SQL `_outcome_sql`, `_rule_sql`, `_outcome_joins_sql`: what became of
  a message, and which rule kept it back;
* `delivery._at_last(sequence, traces)`: which messages in the queue may not leave (now), and why;
* `sequence._sending_company()`: whose limits, hours, servers and domains count;
* `sequence._opt_out(emails)`: write nothing of the sequence to these addresses any more;
* `env["mailing.trace"]._messages_since(records, moment)`: what people got lately;
* `sequence._dry_run()`: what would happen if nobody reacted; see `dry_run`.

What others may extend:

* `step._do_KIND(enrollments)`: what a kind of step does; a `Result` with `until` puts it off;
* `sequence._audience_parts()`, `sequence._kept_out()`: who comes in, as domains, and who does not,
  as SQL; what a rule of theirs is called says `_why_say_RULE(facts)`;
* `step._due_at(enrollments, now)`, `step._closed_until(enrollments)`: when it is done;
* `step._gone()`: what it needs and is not there any more; `step._woken(now)`: who need not wait
  any longer, as SQL;
* `enrollments._changes(sequence)`: whom the look around changes, and how, as SQL;
* `enrollments._hold_back(step)`: for whom it is not the moment, though they are due;
* `sequence._obstacles(person)`, `sequence._brakes(person)`: who leaves or waits, as SQL;
  whatever is asked of enrollments here is also asked of the people of a dry run, which have only
  ids, records, time zones and the moment of arrival (`crowd.Crowd`);
* `path`, `timetable`, `holdout`, `frequency`: the way through the steps, the calendar, the lot
  and the limits, as plain functions.
"""

# plain functions
from . import filters
from . import frequency
from . import holdout
from . import path
from . import timetable
from . import compared
from . import figures
from . import forecast
from . import lift
from . import lint
from . import replies

# a sequence: whom it is for, who comes in, who leaves
from . import crm_nurture_sequence
from . import crm_nurture_sequence_owner
from . import crm_nurture_sequence_rules
from . import crm_nurture_sequence_hours
from . import crm_nurture_sequence_enroll
from . import crm_nurture_sequence_newcomers
from . import crm_nurture_sequence_trigger
from . import crm_nurture_sequence_watch
from . import crm_nurture_sequence_idle
from . import crm_nurture_sequence_end

# its versions and steps
from . import crm_nurture_version
from . import crm_nurture_step
from . import crm_nurture_step_do
from . import crm_nurture_step_activity
from . import crm_nurture_step_wait
from . import crm_nurture_step_condition

# the engine, and what it leaves behind
from . import crm_nurture_enrollment
from . import crm_nurture_enrollment_zone
from . import crm_nurture_enrollment_leave
from . import crm_nurture_enrollment_deliveries
from . import crm_nurture_enrollment_once
from . import crm_nurture_enrollment_run
from . import crm_nurture_enrollment_wake
from . import crm_nurture_enrollment_answer
from . import crm_nurture_enrollment_absorb
from . import crm_nurture_enrollment_retention
from . import crm_nurture_delivery
from . import crm_nurture_tally

# messages
from . import crm_nurture_optout
from . import crm_nurture_sequence_optout
from . import crm_nurture_step_mail
from . import crm_nurture_sequence_mail
from . import crm_nurture_enrollment_hold
from . import crm_nurture_delivery_outcome
from . import crm_nurture_delivery_last
from . import crm_nurture_delivery_kept
from . import link_tracker
from . import link_tracker_click
from . import mailing_trace
from . import mailing_trace_wake
from . import mailing_trace_kept
from . import mailing_mailing
from . import mailing_mailing_gate
from . import mailing_mailing_cap
from . import mail_compose_message
from . import mail_mail
from . import mail_thread
from . import sms_composer
from . import sms_sms

# leads, contacts, segments, erasure, settings
from . import crm_lifecycle_mixin
from . import crm_lead
from . import res_partner
from . import crm_segment
from . import crm_privacy_erasure
from . import res_company
from . import res_config_settings
from . import res_config_settings_mail

# the editor, publishing, ready sequences, lists
from . import crm_nurture_sequence_screen
from . import crm_nurture_version_edit
from . import crm_nurture_version_flow
from . import crm_nurture_version_lint
from . import crm_nurture_step_screen
from . import crm_nurture_step_card
from . import crm_nurture_step_lint
from . import crm_nurture_enrollment_screen
from . import crm_nurture_delivery_screen
from . import crm_nurture_publication
from . import crm_nurture_publication_move
from . import crm_nurture_sequence_ready
from . import crm_nurture_step_ready

# results
from . import crm_nurture_sequence_compare
from . import crm_nurture_sequence_results
from . import crm_nurture_version_results
from . import crm_nurture_step_results

# why somebody is here, or is not
from . import crm_nurture_sequence_why
from . import crm_nurture_sequence_why_words
from . import crm_nurture_sequence_why_inside
from . import crm_nurture_sequence_why_outside
from . import crm_nurture_sequence_why_answer
from . import crm_nurture_sequence_reach

# what would happen
from . import crowd
from . import dry_run_limits
from . import dry_run_messages
from . import dry_run
from . import crm_nurture_sequence_dry_run
from . import crm_nurture_sequence_dry_run_limits
from . import crm_nurture_sequence_foresight

# who may write what: asked before all others
from . import crm_nurture_sequence_guard
from . import crm_nurture_version_guard
from . import crm_nurture_step_guard
