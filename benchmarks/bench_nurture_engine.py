"""Sequences: enrolment, steps, the due queue and an idle run, per person and with their queries.

PEOPLE changes the number of people (20,000), MANY the large enrolment (100,000), WAITING the size
of the due queue (1,000,000).
"""

import os
import resource
import statistics
import time

from datasets.sequences import people, sequence_of
from measuring import counted, timed, vacuum

from odoo import fields
from odoo.tools import SQL

PEOPLE = int(os.environ.get("PEOPLE", "20000"))
MANY = int(os.environ.get("MANY", "100000"))
WAITING = int(os.environ.get("WAITING", "1000000"))
FEW = 1000
ROUNDS = 5
TABLES = ("crm_lead", "crm_nurture_enrollment", "crm_nurture_delivery")


def run(env, report):
    """Measure one after the other; the people are leads without anything else."""
    leads = people(env, max(PEOPLE, MANY))
    vacuum(env, "crm_lead")
    enrolment(env, report, leads)
    steps(env, report, leads[:PEOPLE])
    activities(env, report, leads[PEOPLE // 2 : PEOPLE // 2 + FEW * 2])
    memory(env, report, leads)
    queue(env, report, leads[0])


# -- coming in ---------------------------------------------------------------------------------


def enrolment(env, report, leads):
    """Measure how long it takes to let people in, few and many."""
    wait = {"kind": "wait", "wait_number": 3}
    costs = {}
    for count in (FEW, PEOPLE):
        rounds = []
        for _ in range(ROUNDS if count == FEW else 3):
            sequence = sequence_of(env, wait)
            rounds.append(counted(env, lambda seq=sequence, n=count: seq._enroll(leads[:n])))
        seconds = statistics.median(seconds for seconds, _queries in rounds)
        costs[count] = seconds / count * 1000
        queries = rounds[-1][1]
    report.value(f"enrolment of {PEOPLE:,}: per person", costs[PEOPLE], "ms", at_most=0.3)
    report.value(f"enrolment of {PEOPLE:,}: queries", queries / PEOPLE, "each", at_most=0.05)
    report.value("per person, of that at 1,000", costs[PEOPLE] / costs[FEW], "times", at_most=1.2)


def memory(env, report, leads):
    """Measure what letting very many in takes: the memory of the process must not grow."""
    half = MANY // 2
    names = {half: f"[('id', '<', {leads[half].id})]", MANY: "[('name', 'like', 'Lead ')]"}
    peaks = {}
    for count, domain in names.items():
        sequence = sequence_of(env, {"kind": "wait", "wait_number": 3}, domain=domain)
        seconds = timed(env, sequence._enroll_audience)
        peaks[count] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report.value(f"enrolment of {count:,} by the filter", seconds, "s")
    report.value("memory more than for half of them", peaks[MANY] - peaks[half], "MB", at_most=20)
    vacuum(env, *TABLES)
    look = env["crm.nurture.sequence"]._cron_watch
    for number in ("first", "next"):
        seconds, queries = counted(env, look)
        report.value(f"{number} look around, {MANY:,} waiting", seconds, "s")
    running = env["crm.nurture.sequence"].search_count([("state", "=", "running")])
    report.value("sequences looked at", running)
    report.value("idle look around: queries", queries, at_most=6)


# -- steps -------------------------------------------------------------------------------------


def steps(env, report, leads):
    """Measure the kinds of steps, with the rules that are asked before each."""
    kinds = {
        "wait": {"kind": "wait", "wait_number": 0},
        "condition": {"kind": "condition", "domain": "[('priority', '=', '1')]"},
        "stage": {"kind": "stage", "stage_id": env.ref("crm_lifecycle.stage_mql").id},
    }
    for name, step in kinds.items():
        sequence = sequence_of(env, step)
        sequence._enroll(leads)
        vacuum(env, *TABLES)
        seconds, queries = counted(env, env["crm.nurture.enrollment"]._cron_run_due)
        left = sequence.enrollment_ids.search_count(
            [("sequence_id", "=", sequence.id), ("state", "=", "done")]
        )
        report.value(f"{name}: people led on", left, at_least=len(leads))
        report.value(f"{name}: per person", seconds / len(leads) * 1000, "ms", at_most=0.2)
        report.value(f"{name}: queries", queries / len(leads), "each")


def activities(env, report, leads):
    """Compare activities of a step with the same created by Odoo in one batch; in turn."""
    call = env.ref("mail.mail_activity_data_call")
    ratios = []
    half = len(leads) // 2
    for _ in range(3):
        sequence = sequence_of(env, {"kind": "activity", "activity_type_id": call.id})
        sequence._enroll(leads[:half])
        ours = timed(env, env["crm.nurture.enrollment"]._cron_run_due)
        bare = timed(env, lambda: create_activities(env, leads[half:], call))
        ratios.append(ours / bare)
    report.value("activity, of Odoo's batched create", min(ratios), "times", at_most=1.3)


def create_activities(env, leads, kind):
    """Create activities as somebody would who knows what it costs."""
    env["mail.activity"].with_context(mail_activity_quick_update=True).create(
        [
            {
                "res_model_id": env["ir.model"]._get_id("crm.lead"),
                "res_id": lead.id,
                "activity_type_id": kind.id,
                "date_deadline": fields.Date.today(),
                "user_id": lead.user_id.id,
            }
            for lead in leads
        ]
    )


# -- waiting -----------------------------------------------------------------------------------


def queue(env, report, lead):
    """Measure the due query, and an idle run, with very many waiting."""
    sequence = sequence_of(env, {"kind": "wait", "wait_number": 3})
    env.cr.execute("DELETE FROM crm_nurture_enrollment")
    # the same few people again and again, in rounds that are over, so that no rule is broken
    env.cr.execute(
        SQL(
            """
            INSERT INTO crm_nurture_enrollment (sequence_id, version_id, lead_id, state, step_id,
                                                due_at, entered_at, left_at, round, tries)
            SELECT %(sequence)s, %(version)s, %(lead)s, 'waiting', %(step)s,
                   now() AT TIME ZONE 'UTC' + make_interval(mins => n),
                   now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', n, 0
              FROM generate_series(1, %(count)s) n
            """,
            sequence=sequence.id,
            version=sequence.version_id.id,
            lead=lead.id,
            step=sequence.version_id.step_ids.id,
            count=WAITING,
        )
    )
    vacuum(env, "crm_nurture_enrollment")
    engine = env["crm.nurture.enrollment"]
    engine._cron_run_due()
    rounds = []
    for _ in range(ROUNDS):
        env.cr.commit()
        start = time.perf_counter()
        engine._claim(500)
        rounds.append(time.perf_counter() - start)
    report.value(
        f"due query, {WAITING:,} waiting", statistics.median(rounds) * 1000, "ms", at_most=10
    )
    seconds, queries = counted(env, engine._cron_run_due)
    report.value("idle run: queries", queries, at_most=6)
    report.value("idle run", seconds * 1000, "ms")
