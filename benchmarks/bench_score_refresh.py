"""Score refresh: its time as a multiple of the bare aggregate, what it writes, how it grows.

The bare aggregate is the query that any score of touchpoints needs: how many touchpoints each lead
has, and the date of the last. Both are measured in turn with the same memory and the medians
compared. The rules are those that the addon ships for leads. LEADS and TOUCHES are the full size;
the growth is measured from a tenth of it.
"""

import os
import statistics
from datetime import date, timedelta
from unittest.mock import patch

from datasets import bulk, volume
from measuring import quiet, timed, vacuum, wal

from odoo import fields
from odoo.tools import SQL

LEADS = int(os.environ.get("LEADS", "100000"))
TOUCHES = int(os.environ.get("TOUCHES", "1000000"))
PAGE = 80
ROUNDS = 5
TIMES = 10
#: Of the full size; of a tenth, what Odoo does around the statement counts for more.
MOST = 3
#: Of ten leads of the made-up volume six are open.
OPEN_SHARE = 0.6
TABLES = ("crm_lead", "crm_touchpoint", "crm_score", "crm_score_history")

#: What happens, and how often of a hundred times; half of it are mails that go out.
EVENTS = {
    "sent": 50,
    "opened": 25,
    "clicked": 10,
    "received": 5,
    "replied": 3,
    "submitted": 2,
    "called": 2,
    "met": 1,
    "quoted": 1,
    "bounced": 1,
}

BARE = "SELECT lead_id, count(*), max(date) FROM crm_touchpoint GROUP BY lead_id"


def run(env, report):
    """Measure a tenth, then the whole."""
    small = load(env, report, LEADS // TIMES, TOUCHES // TIMES, None)
    large = load(env, report, LEADS - LEADS // TIMES, TOUCHES - TOUCHES // TIMES, MOST)
    report.value(f"cost of {TIMES} times as much", large / small, "times", at_most=1.1 * TIMES)
    page_of_leads(env, report)


def load(env, report, leads, touches, at_most):
    """Add leads and touchpoints and measure; return the seconds of a refresh."""
    volume.load(env, leads // 5, 0, int(leads / OPEN_SHARE), 0, items=False, progress=quiet)
    insert_touches(env, touches)
    vacuum(env, *TABLES)
    return measure(env, report, at_most)


def insert_touches(env, count):
    """Give open leads touchpoints of the last year, by lot; one in twenty is a machine's."""
    bulk.define_chance(env.cr)
    channels = env["crm.touchpoint.channel"].search([], limit=5).ids
    events = [event for event, often in EVENTS.items() for _time in range(often)]
    n = SQL("n")
    env.cr.execute(
        SQL(
            """
            WITH lead AS MATERIALIZED (
                SELECT array_agg(id) AS ids FROM crm_lead WHERE active AND won_status = 'pending'
            ), drawn AS (
                SELECT n, (%(events)s::text[])[1 + floor(%(what)s * 100)::int] AS event
                  FROM generate_series(1, %(count)s) n
            )
            INSERT INTO crm_touchpoint
                   (lead_id, channel_id, event, direction, date, is_bot, res_model, res_id)
            SELECT lead.ids[1 + floor(%(who)s * cardinality(lead.ids))::int], %(channel)s, event,
                   CASE WHEN event IN ('sent', 'called', 'met', 'quoted', 'bounced')
                        THEN 'outbound' ELSE 'inbound' END,
                   %(today)s::timestamp - make_interval(mins => (%(age)s * 525600)::int),
                   %(bot)s < 0.05, 'mailing.trace', n
              FROM drawn, lead
            """,
            events=events,
            count=count,
            channel=bulk.pick(channels, n, 91),
            today=date.today(),
            what=bulk.chance(n, 92),
            who=bulk.chance(n, 93),
            age=bulk.chance(n, 94),
            bot=bulk.chance(n, 95),
        )
    )


def measure(env, report, at_most):
    """Measure the first fill, runs that change nothing, and the run of the next day."""
    policy = env["crm.score.policy"]._for("crm.lead")
    result = {}
    first = timed(env, lambda: result.update(policy._refresh()))
    report.value("leads with a score", result["records"])
    report.value("rules", len(policy._rules()), at_least=20)
    report.value("first fill", first, "s")
    vacuum(env, *TABLES)
    bare, again = [], []
    for _round in range(ROUNDS):
        bare.append(timed(env, lambda: bare_aggregate(env)))
        again.append(timed(env, lambda: result.update(policy._refresh())))
    reference, refresh = statistics.median(bare), statistics.median(again)
    report.value("bare aggregate", reference, "s")
    report.value("refresh", refresh, "s")
    report.value("refresh, of the bare aggregate", refresh / reference, "times", at_most=at_most)
    written = sum(result[name] for name in ("added", "changed", "removed", "history"))
    report.value("rows written by a second run", written, at_most=0)
    next_day(env, report, policy)
    return refresh


def next_day(env, report, policy):
    """Measure what the points that fade in a day rewrite."""
    env.cr.commit()
    start, result = wal(env), {}
    tomorrow = date.today() + timedelta(days=1)
    with patch.object(fields.Date, "today", lambda: tomorrow):
        timed(env, lambda: result.update(policy._refresh()))
    report.value("scores written the next day", result["changed"])
    report.value("log of the database written the next day", (wal(env) - start) / 1e6, "MB")
    timed(env, policy._refresh)


def page_of_leads(env, report):
    """Count the queries of a page of leads with their scores, beside the page without."""
    names = ["name", "partner_id", "stage_id", "user_id"]
    leads = env["crm.lead"].search([("score_temperature", "!=", False)], limit=PAGE)

    def queries(fields):
        env.invalidate_all()
        start = env.cr.sql_log_count
        leads.read(fields)
        return env.cr.sql_log_count - start

    queries(names)
    more = queries([*names, "score", "score_temperature"]) - queries(names)
    report.value(f"more queries for the scores of {PAGE} leads", more, at_most=1)


def bare_aggregate(env):
    """Run the aggregate that any score needs, with the memory that the refresh has."""
    env.cr.execute("SELECT set_config('work_mem', '256MB', true)")
    env.cr.execute(SQL(BARE))
