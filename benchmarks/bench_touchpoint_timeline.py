"""Timeline of a contact with ten thousand touchpoints, in a database of two million.

The first page with its filters, a page far down, and the line of a form. TOUCHPOINTS changes the
size of the database.
"""

import os
import statistics
import time

from datasets import volume
from measuring import quiet, vacuum

TOUCHPOINTS = int(os.environ.get("TOUCHPOINTS", "2000000"))
OF_ONE = 10_000
ROUNDS = 15

FILL = """
    INSERT INTO crm_touchpoint (partner_id, date, channel_id, event, direction, is_bot, res_model,
           res_id, source_id)
    SELECT COALESCE(%(partner)s, p.id), now()::timestamp - INTERVAL '1 minute' * (n * 3 %% 999983),
           (%(channels)s::int[])[1 + n %% %(channel_count)s],
           (ARRAY['sent', 'opened', 'clicked', 'received'])[1 + n %% 4],
           (ARRAY['outbound', 'inbound', 'inbound', 'inbound'])[1 + n %% 4], n %% 20 = 1,
           'res.partner', p.id, NULL
      FROM generate_series(1, %(count)s) n
      JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM res_partner) p
        ON p.place = 1 + n %% %(people)s
"""


def run(env, report):
    """Measure pages of the timeline, as a request of the web client."""
    volume.load(env, 20_000, 1000, 1000, 100, items=False, progress=quiet)
    partner = env["res.partner"].create({"name": "Busy"})
    fill(env, TOUCHPOINTS - OF_ONE, None)
    fill(env, OF_ONE, partner.id)
    env["crm.touchpoint"]._digest(0)
    env.cr.commit()
    vacuum(env, "crm_touchpoint", "crm_touchpoint_summary")
    user = env.ref("base.user_admin")
    partner = partner.with_user(user)
    page = measure(env, report, "first page", partner.get_touchpoint_timeline)
    report.value("items of a page", len(page["items"]), at_least=40)
    deep = page["next"]
    for _ in range(100):
        deep = partner.get_touchpoint_timeline(before=deep)["next"]
    measure(env, report, "a page far down", lambda: partner.get_touchpoint_timeline(before=deep))
    channel = [page["channels"][0]["id"]]
    measure(
        env,
        report,
        "first page of one channel",
        lambda: partner.get_touchpoint_timeline(channel_ids=channel),
    )
    measure(env, report, "the line of the form", partner.get_lifecycle_summary)


def fill(env, count, partner_id):
    """Add touchpoints of one contact, or of all."""
    channels = env["crm.touchpoint.channel"].search([("active", "=", True)]).ids
    env.flush_all()
    env.cr.execute("SELECT count(*) FROM res_partner")
    (people,) = env.cr.fetchone()
    env.cr.execute(
        FILL,
        {
            "partner": partner_id,
            "channels": channels,
            "channel_count": len(channels),
            "count": count,
            "people": people,
        },
    )


def measure(env, report, label, action):
    """Report the median of some rounds, each with empty caches."""
    seconds = []
    for _ in range(ROUNDS):
        env.invalidate_all()
        start = time.perf_counter()
        result = action()
        seconds.append(time.perf_counter() - start)
    report.value(label, 1000 * statistics.median(seconds), "ms", at_most=50)
    return result
