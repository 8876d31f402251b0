"""A dry run of a sequence with mails, waits, a question, a limit per person and one of a day.

Time per person at two sizes, queries, and the memory that grows with the people. PEOPLE changes
the larger size.
"""

import os
import time
import tracemalloc

from measuring import vacuum

PEOPLE = int(os.environ.get("PEOPLE", "100000"))
FEW = PEOPLE // 20
TABLES = ("res_partner", "mailing_trace")

BODY = '<p>Hello <t t-out="object.name"/></p><p><a href="/unsubscribe_from_list">Leave</a></p>'
CONTACTS = """
    INSERT INTO res_partner (name, complete_name, email, email_normalized, active, type, lang, tz,
                             is_company, autopost_bills, ref)
    SELECT 'C' || n, 'C' || n, mail, mail, TRUE, 'contact', 'en_US',
           (ARRAY['Europe/Paris', 'America/New_York', 'Asia/Tokyo', NULL])[n %% 4 + 1],
           TRUE, 'ask', 'dry run ' || (n %% 20)
      FROM (SELECT n, CASE WHEN n %% 50 > 0 THEN 'dry' || n || '@bench.example' END AS mail
              FROM generate_series(1, %s) n) c
"""


def run(env, report):
    """Foresee the same sequence for some and for all."""
    env.cr.execute(CONTACTS, [PEOPLE])
    vacuum(env, *TABLES)
    env.company.nurture_cap_number = 2
    each = {}
    for size, references in ((FEW, ["dry run 1"]), (PEOPLE, None)):
        sequence = sequence_for(env, references)
        foresee(env, sequence)
        seconds, queries = foresee(env, sequence)
        each[size] = seconds / size
        report.value(f"{size:,} people", seconds, "s", at_most=30 if size == PEOPLE else None)
        report.value(f"{size:,} people: each", each[size] * 1000, "ms")
        report.value(f"{size:,} people: queries", queries, "", at_most=100 + size / 100)
    report.value("cost of one, many beside few", each[PEOPLE] / each[FEW], "", at_most=1.5)
    tracemalloc.start()
    foresee(env, sequence)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    report.value("memory for each", peak / PEOPLE / 1024, "kB", at_most=10)
    sequence.daily_budget = max(1, PEOPLE // 50)
    report.value("with a limit of a day", foresee(env, sequence)[0], "s")


def foresee(env, sequence):
    """Give the seconds and the queries of one dry run."""
    env.flush_all()
    env.invalidate_all()
    before, start = env.cr.sql_log_count, time.perf_counter()
    sequence._dry_run()
    return time.perf_counter() - start, env.cr.sql_log_count - before


def sequence_for(env, references):
    """Create a draft for the contacts with some references, or for all of them."""
    condition = ("ref", "in", references) if references else ("ref", "=like", "dry run %")
    sequence = env["crm.nurture.sequence"].create(
        {
            "name": "Dry run",
            "model": "res.partner",
            "domain": repr([condition]),
            "calendar_id": env.company.resource_calendar_id.id,
        }
    )
    mail = {"kind": "email", "name": "Mail", "body_html": BODY}
    wait = {"kind": "wait", "wait_number": 2}
    question = {"kind": "condition", "check": "opened", "timeout_number": 3}
    for number, step in enumerate((mail, wait, mail, question, mail, wait, mail)):
        values = {"version_id": sequence.draft_id.id, "sequence": number, **step}
        env["crm.nurture.step"].create(values)
    return sequence
