"""Nurturing sequences: every person gets every step exactly once, at the right hour, lawfully.

A *sequence* leads leads or contacts through *steps*: e-mails, SMS, activities, waits, conditions
with branches ... Its steps belong to a *version*; publishing freezes it, an edit makes the next.
Somebody in a sequence is an *enrollment*, which waits at one step until a moment. The engine takes
what is due, does the step, notes a *delivery* and moves on, all in one transaction: whatever stops
it, nothing is done twice and nothing is lost.

Models: `crm.nurture.sequence`, `crm.nurture.version`, `crm.nurture.step`,
`crm.nurture.enrollment`, `crm.nurture.delivery`.

What others may call:

* `sequence.action_publish()`: freeze the draft and let people in;
* `sequence._enroll(records)`: let these leads or contacts in, if they may;
* `env["crm.nurture.enrollment"]._cron_run_due()`: do what is due; from any number of processes;
* `enrollments._leave(state, reason)`: take somebody out.

What others may extend:

* `step._do_KIND(enrollments)`: what a kind of step does;
* `enrollments._departures()`: who has to leave or to pause before a step;
* `path`, `timetable`: the way through the steps and the calendar, as plain functions.
"""

from . import frequency
from . import path
from . import timetable
from . import crm_nurture_sequence
from . import crm_nurture_sequence_enroll
from . import crm_nurture_version
from . import crm_nurture_step
from . import crm_nurture_step_do
from . import crm_nurture_enrollment
from . import crm_nurture_enrollment_run
from . import crm_nurture_delivery
from . import crm_nurture_optout
from . import crm_nurture_enrollment_optout
from . import crm_nurture_step_mail
from . import crm_nurture_sequence_mail
from . import crm_nurture_enrollment_hold
from . import crm_nurture_delivery_outcome
from . import crm_lifecycle_mixin
from . import link_tracker
from . import mailing_trace
from . import mailing_mailing
from . import mailing_mailing_gate
from . import mailing_mailing_cap
from . import mail_compose_message
from . import mail_mail
from . import sms_sms
from . import res_company
from . import res_config_settings_mail
