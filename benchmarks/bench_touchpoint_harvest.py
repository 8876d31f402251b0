"""First harvest of a million traces and a million messages, against the bare INSERT ... SELECT.

The bare statements copy the same rows into a table of the same shape, with the same indexes, and
do nothing else: no person is looked up, nothing is compared, no first and last contact is kept.
Then nothing is new: an idle harvest. TRACES, MESSAGES and CONTACTS change the size.
"""

import os
import statistics

from datasets import volume
from measuring import quiet, timed, vacuum

from odoo.tools import SQL

TRACES = int(os.environ.get("TRACES", "1000000"))
MESSAGES = int(os.environ.get("MESSAGES", "1000000"))
CONTACTS = int(os.environ.get("CONTACTS", "100000"))
TABLES = ("mailing_trace", "mail_message", "res_partner", "crm_lead", "crm_touchpoint")

FILL_TRACES = """
    INSERT INTO mailing_trace (trace_type, model, res_id, email, is_test_trace, trace_status,
           mass_mailing_id, sent_datetime, open_datetime, create_date, write_date)
    SELECT 'mail', 'res.partner', p.id, p.email_normalized, FALSE, 'sent', %(mailing)s, d.sent,
           CASE WHEN n %% 3 = 0 THEN d.sent + INTERVAL '1 hour' * (1 + n %% 50) END,
           d.sent, d.sent
      FROM generate_series(1, %(count)s) n
      JOIN (SELECT id, email_normalized, row_number() OVER (ORDER BY id) AS place
              FROM res_partner WHERE partner_share) p ON p.place = 1 + n %% %(people)s
     CROSS JOIN LATERAL (SELECT now()::timestamp - INTERVAL '1 minute' * (9000 + n) AS sent) d
"""
FILL_MESSAGES = """
    INSERT INTO mail_message (model, res_id, author_id, email_from, message_type, subtype_id, date,
           is_internal, body, create_date, write_date)
    SELECT 'res.partner', p.id, p.id, p.email_normalized, 'email', %(subtype)s, d.at, FALSE,
           repeat('Thank you for your offer. ', 20), d.at, d.at
      FROM generate_series(1, %(count)s) n
      JOIN (SELECT id, email_normalized, row_number() OVER (ORDER BY id) AS place
              FROM res_partner WHERE partner_share) p ON p.place = 1 + n %% %(people)s
     CROSS JOIN LATERAL (SELECT now()::timestamp - INTERVAL '1 minute' * (9000 + n) AS at) d
"""
BARE = """
    INSERT INTO bench_bare (partner_id, date, channel_id, event, direction, is_bot, source_id,
           res_model, res_id)
    SELECT %(partner)s, %(date)s, 1, %(event)s, 'outbound', FALSE, %(source)s, %(model)s, id
      FROM %(table)s WHERE %(date)s IS NOT NULL
"""


def run(env, report):
    """Measure the first harvest, and one that finds nothing."""
    fill(env)
    # before and after: other work on the machine is in both
    times = [timed(env, lambda: bare(env)) for _ in range(2)]
    found = {}
    seconds = timed(env, lambda: found.update(env["crm.touchpoint"]._harvest()))
    times += [timed(env, lambda: bare(env)) for _ in range(2)]
    reference = statistics.median(times)
    report.value("bare INSERT ... SELECT", reference, "s")
    report.value("rows of the bare statements", count(env, "bench_bare"))
    report.value("rows of the harvest", sum(found.values()), at_least=TRACES + MESSAGES)
    report.value("first harvest", seconds, "s")
    report.value("first harvest, of the bare statements", seconds / reference, "times", at_most=3)
    idle(env, report)


def fill(env):
    """Load the contacts, traces and messages."""
    volume.load(env, CONTACTS, 1000, 1000, 100, items=False, progress=quiet)
    # what came with the contacts is harvested before the clock runs
    env["crm.touchpoint"]._harvest()
    mailing = env["mailing.mailing"].create(
        {"subject": "Bench", "mailing_model_id": env["ir.model"]._get_id("res.partner")}
    )
    env.flush_all()
    people = env["res.partner"].search_count([("partner_share", "=", True)])
    env.cr.execute(FILL_TRACES, {"mailing": mailing.id, "count": TRACES, "people": people})
    subtype = env.ref("mail.mt_comment").id
    env.cr.execute(FILL_MESSAGES, {"subtype": subtype, "count": MESSAGES, "people": people})
    env.cr.commit()
    vacuum(env, *TABLES)


def bare(env):
    """Copy the same rows, into an empty table."""
    env.cr.execute("DROP TABLE IF EXISTS bench_bare")
    env.cr.execute("CREATE TABLE bench_bare (LIKE crm_touchpoint INCLUDING ALL)")
    for source, (table, model, partner, date, event) in enumerate(
        (
            ("mailing_trace", "mailing.trace", "res_id", "sent_datetime", "sent"),
            ("mailing_trace", "mailing.trace", "res_id", "open_datetime", "opened"),
            ("mail_message", "mail.message", "author_id", "date", "received"),
        )
    ):
        env.cr.execute(
            SQL(
                BARE + (" AND message_type = 'email'" if table == "mail_message" else ""),
                table=SQL.identifier(table),
                model=model,
                partner=SQL.identifier(partner),
                date=SQL.identifier(date),
                event=event,
                source=source,
            )
        )


def count(env, table):
    """Count the rows of a table."""
    env.cr.execute(SQL("SELECT count(*) FROM %s", SQL.identifier(table)))
    return env.cr.fetchone()[0]


def idle(env, report):
    """Harvest when nothing is new, and compare everything as every night."""
    vacuum(env, *TABLES)
    sources = env["crm.touchpoint.source"].search([("active", "=", True)])
    # an hour is read again each time: let it be over
    env.cr.execute("UPDATE crm_touchpoint_source SET since = now() AT TIME ZONE 'UTC'")
    env.invalidate_all()
    start = env.cr.sql_log_count
    found = {}
    seconds = timed(env, lambda: found.update(sources._harvest()))
    queries = (env.cr.sql_log_count - start) / len(found)
    report.value("idle harvest", seconds, "s")
    report.value("rows it found", sum(found.values()), at_most=0)
    report.value("queries per source", queries, at_most=2)
    seconds = timed(env, lambda: found.update(sources._harvest(full=True)))
    report.value("nightly comparison", seconds, "s")
    report.value("rows it found", sum(found.values()), at_most=0)
