"""Segment refresh: its time as a multiple of the bare search of its filter.

The bare search is the statement that Odoo makes of the filter, run and read on the same rows.
Both are measured in turn and the medians compared: with nothing to write, and after one
contact in a hundred was changed. CONTACTS changes the size.
"""

import os
import statistics

from datasets import volume
from measuring import quiet, timed, vacuum, wal

CONTACTS = int(os.environ.get("CONTACTS", "200000"))
INVOICES = CONTACTS
ROUNDS = 7
TABLES = ("res_partner", "crm_segment_member", "crm_rfm_score", "account_move")

#: Five conditions each, as the filter editor writes them.
FILTERS = {
    "columns": [
        ("country_id.code", "=", "FR"),
        ("lang", "=", "fr_FR"),
        ("customer_rank", ">", 0),
        ("email", "!=", False),
        ("create_date", "<", "today -30d"),
    ],
    "RFM and place": [
        ("rfm_frequency", ">=", 2),
        ("rfm_segment_id", "!=", False),
        ("country_id.code", "=", "FR"),
        ("zip", ">", "10"),
        ("lang", "=", "fr_FR"),
    ],
}

FLIP = """
    UPDATE res_partner SET lang = CASE lang WHEN 'fr_FR' THEN 'en_US' ELSE 'fr_FR' END
     WHERE id %% 100 = %(turn)s
"""


def run(env, report):
    """Measure the filters one after the other, then a segment built on both."""
    volume.load(env, CONTACTS, INVOICES, 100, 0, items=False, progress=quiet)
    env["crm.rfm.policy"]._default_for(env.company)._refresh()
    vacuum(env, *TABLES)
    segments = env["crm.segment"]
    for name, domain in FILTERS.items():
        segments += measure(env, report, name, domain)
    first, second = segments
    nested = [("crm_segment_ids", "in", first.ids), ("crm_segment_ids", "not in", second.ids)]
    measure(env, report, "in one and not in the other", nested)


def measure(env, report, name, domain):
    """Measure the first fill, runs that change nothing, and runs that change a little."""
    # switched off: saving an active segment fills it
    segment = env["crm.segment"].create({"name": name, "domain": repr(domain), "active": False})
    query = segment._matching_query().select()
    first = timed(env, segment._refresh_one)
    vacuum(env, *TABLES)
    again, bare = in_turn(env, segment._refresh_one, lambda: env.execute_query(query))
    report.value(f"{name}: members of {CONTACTS:,} contacts", segment.member_count)
    report.value(f"{name}: bare search", bare, "s")
    report.value(f"{name}: first fill", first, "s")
    report.value(f"{name}: refresh", again, "s")
    report.value(f"{name}: refresh, of the bare search", again / bare, "times", at_most=1.5)
    report.value(f"{name}: bytes logged by it", logged(env, segment), "B")
    changing(env, report, segment, query)
    return segment


def in_turn(env, one, other):
    """Return the median seconds of two actions, measured in turn."""
    rounds = [(timed(env, one), timed(env, other)) for _ in range(ROUNDS)]
    return tuple(statistics.median(seconds) for seconds in zip(*rounds, strict=True))


def logged(env, segment):
    """Return how many bytes a run that changes nothing writes."""
    env.cr.commit()
    before = wal(env)
    segment._refresh_one()
    return wal(env) - before


def changing(env, report, segment, query):
    """Measure runs before each of which one contact in a hundred gets another language."""
    before = [other for other in segment._in_order()[0] if other != segment]
    changed, refreshes, searches = [], [], []
    for turn in range(ROUNDS):
        env.cr.execute(FLIP, {"turn": turn})
        for other in before:
            other._refresh_one()
        searches.append(timed(env, lambda: env.execute_query(query)))
        refreshes.append(timed(env, lambda: changed.append(segment._refresh_one())))
    ratio = statistics.median(refreshes) / statistics.median(searches)
    report.value(f"{segment.name}: came or went", statistics.median(map(sum, changed)))
    report.value(f"{segment.name}: refresh with it", ratio, "times", at_most=1.5)
