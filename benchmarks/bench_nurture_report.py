"""Figures of sequences: the editor, the page of the results, the report, with many deliveries.

Half of the deliveries are e-mails with their traces, half of these were opened, a fifth clicked,
some by programs; the other half are waits. Four sequences share them; of each, one person in ten
is held out. DELIVERIES changes the larger size (1,000,000); the smaller is a tenth of it.
"""

import os
import statistics

from measuring import timed, vacuum

from odoo.tools import SQL

DELIVERIES = int(os.environ.get("DELIVERIES", "1000000"))
SEQUENCES = 4
ROUNDS = 3
TABLES = (
    "crm_lead",
    "crm_nurture_enrollment",
    "crm_nurture_delivery",
    "mailing_trace",
    "link_tracker_click",
)

LEADS = """
    INSERT INTO crm_lead (name, type, active, user_id, company_id, lifecycle_stage_id)
    SELECT 'Lead ' || n, 'lead', TRUE, %(user)s, %(company)s, %(stage)s
      FROM generate_series(1, %(count)s) n RETURNING id
"""
PEOPLE = """
    INSERT INTO crm_nurture_enrollment (sequence_id, version_id, lead_id, state, entered_at,
                                        left_at, goal_at, round, tries)
    SELECT %(sequence)s, %(version)s, l.id,
           CASE WHEN l.id %% 10 = 0 THEN 'holdout' WHEN l.id %% 10 < 4 THEN 'goal' ELSE 'done' END,
           %(start)s, %(start)s + INTERVAL '20 days',
           CASE WHEN l.id %% 10 < 4 THEN %(start)s + INTERVAL '10 days' END, 1, 0
      FROM unnest(%(leads)s) l (id)
"""
TRACES = """
    WITH trace AS (
        INSERT INTO mailing_trace (mass_mailing_id, model, res_id, trace_type, trace_status,
                                   sent_datetime, open_datetime, links_click_datetime, create_date)
        SELECT %(mailing)s, 'crm.lead', e.lead_id, 'mail',
               CASE e.lead_id %% 20 WHEN 0 THEN 'cancel' WHEN 1 THEN 'bounce' WHEN 2 THEN 'reply'
                    ELSE CASE WHEN e.lead_id %% 2 = 0 THEN 'open' ELSE 'sent' END END,
               e.entered_at,
               CASE WHEN e.lead_id %% 2 = 0 THEN e.entered_at + INTERVAL '1 hour' END,
               CASE WHEN e.lead_id %% 10 IN (2, 4) THEN e.entered_at + INTERVAL '2 hours' END,
               e.entered_at
          FROM crm_nurture_enrollment e
         WHERE e.sequence_id = %(sequence)s AND e.state <> 'holdout'
        RETURNING id, res_id
    )
    INSERT INTO crm_nurture_delivery (enrollment_id, step_id, round, date, outcome, trace_id)
    SELECT e.id, %(step)s, 1, e.entered_at + e.lead_id %% 700 * INTERVAL '1 hour', 'queued',
           trace.id
      FROM trace JOIN crm_nurture_enrollment e
        ON e.lead_id = trace.res_id AND e.sequence_id = %(sequence)s
"""
CLICKS = """
    INSERT INTO link_tracker_click (link_id, mailing_trace_id, mass_mailing_id, create_date, is_bot)
    SELECT %(link)s, t.id, t.mass_mailing_id, t.links_click_datetime, t.res_id %% 50 = 2
      FROM mailing_trace t
     WHERE t.mass_mailing_id = %(mailing)s AND t.links_click_datetime IS NOT NULL
"""
WAITS = """
    INSERT INTO crm_nurture_delivery (enrollment_id, step_id, round, date, outcome)
    SELECT e.id, %(step)s, 1, e.entered_at + e.lead_id %% 700 * INTERVAL '1 hour', 'done'
      FROM crm_nurture_enrollment e
     WHERE e.sequence_id = %(sequence)s AND e.state <> 'holdout'
"""


def run(env, report):
    """Measure what a reader does, at both sizes: the first sequence, and all of them."""
    made = 0
    for size in (DELIVERIES // 10, DELIVERIES):
        sequence = fill(env, size - made)
        made = size
        total = env["crm.nurture.delivery"].search_count([])
        report.value("deliveries", total)
        limit = 1 if size <= 100_000 else None
        for name, action in actions(env, sequence).items():
            measure(env, report, f"{name}, {size:,}", action, LIMITS.get(name) or limit)


#: What has to be there at once, however many there are: seconds.
LIMITS = {"the form, before its figures": 0.3}


def measure(env, report, label, action, limit):
    """Measure the median of some rounds, and the queries."""
    action()
    rounds = []
    for _ in range(ROUNDS):
        env.invalidate_all()
        before = env.cr.sql_log_count
        rounds.append(timed(env, action))
        queries = env.cr.sql_log_count - before
    report.value(label, statistics.median(rounds), "s", at_most=limit)
    report.value("   queries", queries)


def actions(env, sequence):
    """Give what a reader does, by name."""
    rows = env["crm.nurture.report"]
    version = sequence.version_id
    fields = ["inside_count", "goal_count", "done_count", "quarantine_count"]
    page = {"date": {}, "person": {}, "outcome": {}, "step_id": {"fields": {"display_name": {}}}}
    measures = ["nbr:sum", "sent_count:sum", "opened_rate:avg", "clicked_rate:avg"]
    opened = version.open_figure(version.step_ids[0].id, "clicked")
    narrow = rows.with_context(**opened["context"])
    return {
        "the form, before its figures": version.get_flow,
        "buttons of the form": lambda: sequence.read(fields),
        "figures of the editor": version.get_figures,
        "page of the results": sequence.get_results,
        "list behind a figure": lambda: narrow.web_search_read(
            opened["domain"], page, limit=80, count_limit=10_001
        ),
        "pivot of all sequences": lambda: rows.formatted_read_group(
            [], ["sequence_id", "step_id"], measures
        ),
        "list of all": lambda: rows.web_search_read([], page, limit=80, count_limit=10_001),
    }


def fill(env, count):
    """Add sequences with so many deliveries in all; give the first."""
    first = None
    for _number in range(SEQUENCES):
        sequence = sequence_of(env)
        first = first or sequence
        # two steps for each who is not held out
        people(env, sequence, round(count / SEQUENCES / 2 / 0.9))
    env.invalidate_all()
    vacuum(env, *TABLES)
    return first


def sequence_of(env):
    """Publish a sequence of an e-mail and a wait, with a goal and a hold-out."""
    sequence = env["crm.nurture.sequence"].create(
        {
            "name": "Measured",
            "goal_domain": "[('priority', '=', '3')]",
            "holdout_percent": 10,
            "purpose_id": env["crm.privacy.purpose"]
            .create({"name": "Measured", "legal_basis": "legitimate_interests", "by_email": True})
            .id,
        }
    )
    body = '<p>Hello</p><p><a href="/unsubscribe_from_list">Unsubscribe</a></p>'
    env["crm.nurture.step"].create(
        [
            {
                "version_id": sequence.draft_id.id,
                "sequence": 1,
                "kind": "email",
                "name": "Mail",
                "subject": "Hello",
                "body_html": body,
            },
            {"version_id": sequence.draft_id.id, "sequence": 2, "kind": "wait", "wait_number": 3},
        ]
    )
    sequence.action_publish()
    sequence.watched_at = env.cr.now()
    env.flush_all()
    return sequence


def people(env, sequence, count):
    """Add people who went through the sequence, with their messages and clicks."""
    mail, wait = sequence.version_id.step_ids
    link = env["link.tracker"].create({"url": f"https://shop.example/{sequence.id}", "title": "S"})
    env.flush_all()
    stage = env.ref("crm_lifecycle.stage_lead").id
    values = {"user": env.uid, "company": env.company.id, "stage": stage, "count": count}
    env.cr.execute(SQL(LEADS, **values))
    values = {
        "sequence": sequence.id,
        "version": sequence.version_id.id,
        "leads": [row[0] for row in env.cr.fetchall()],
        "start": "2026-01-05 08:00:00",
        "mailing": mail.mailing_id.id,
        "link": link.id,
    }
    values["start"] = SQL("%s::timestamp", values["start"])
    env.cr.execute(SQL(PEOPLE, **values))
    env.cr.execute(SQL(TRACES, **values, step=mail.id))
    env.cr.execute(SQL(CLICKS, **values))
    env.cr.execute(SQL(WAITS, **values, step=wait.id))
