"""Sequences: the table of all people by the rule that decides, and the answer about one of them.

PEOPLE changes the number of people (100,000). The cost per person is compared with that of a tenth
of them, and one answer with that among a tenth.
"""

import os
import statistics

from datasets.sequences import people, sequence_of
from measuring import counted, vacuum

from odoo.tools import SQL

PEOPLE = int(os.environ.get("PEOPLE", "100000"))
ROUNDS = 5
TABLES = ("crm_lead", "crm_nurture_enrollment", "crm_segment_member", "mailing_trace")

#: Some are at the goal, some match the exit rule, some are restricted.
VARY = """
    UPDATE crm_lead SET priority = (id %% 4)::text, privacy_restricted = id %% 50 = 0,
           referred = CASE WHEN id %% 10 = 0 THEN 'nobody' END
     WHERE id = ANY(%(ids)s)
"""


def run(env, report):
    """Measure a tenth of the people, then all of them."""
    leads = people(env, PEOPLE)
    env.cr.execute(SQL(VARY, ids=list(leads.ids)))
    env.invalidate_all()
    few = measure(env, report, leads[: PEOPLE // 10])
    many = measure(env, report, leads)
    share = (many["table"] / PEOPLE) / (few["table"] / (PEOPLE // 10))
    report.value("table: cost per person, of that among a tenth", share, "times", at_most=1.5)
    report.value("one answer, of that among a tenth", many["one"] / few["one"], "times")


def measure(env, report, leads):
    """Let half of them in, ask for the line, the page, one answer, and open a number."""
    segment = env["crm.segment"].create({"name": "Measured", "model": "crm.lead", "kind": "static"})
    segment._add([("id", "in", leads.ids)])
    sequence = sequence_of(
        env,
        {"kind": "email", "name": "hello", "body_html": "<p>Hello</p>"},
        segment_id=segment.id,
        holdout_percent=5,
    )
    sequence._enroll_query(
        SQL("SELECT id, now()::timestamp FROM unnest(%s) id", leads.ids[: len(leads) // 2])
    )
    vacuum(env, *TABLES)
    name = f"{len(leads):,} people"
    found = {
        "table": median(env, report, f"{name}: line of the form", sequence.get_who),
        "one": median(env, report, f"{name}: one answer", lambda: sequence._why(leads[-1])),
    }
    median(env, report, f"{name}: page of all rules", sequence.action_who)
    line = env["crm.nurture.who"].browse(sequence.action_who()["res_id"]).line_ids[:1]
    domain = line.action_open_people()["domain"]
    median(env, report, f"{name}: list behind a number", lambda: leads.search(domain, limit=80))
    return found


def median(env, report, name, action):
    """Report the median seconds of an action, and its queries."""
    rounds = [counted(env, action) for _ in range(ROUNDS)]
    seconds = statistics.median(row[0] for row in rounds)
    report.value(name, seconds, "s")
    report.value(f"{name}, queries", rounds[-1][1])
    return seconds
