"""Retention rules and the state of play: seconds of a run over everything.

Half of the contacts are prospects whose data is kept too long, one in ten has answered since. The
rules are measured when they list everybody for the first time, and again when nothing has changed.
CONTACTS changes the size.
"""

import os

from datasets import volume
from measuring import quiet, timed, vacuum

CONTACTS = int(os.environ.get("CONTACTS", "200000"))
INVOICES = CONTACTS
TABLES = ("res_partner", "crm_touchpoint", "data_recycle_record", "account_move")

AGE = """
    UPDATE res_partner SET lifecycle_kind = 'prospect', lifecycle_stage_id = %(stage)s,
           create_date = '2019-01-01' WHERE id %% 2 = 0 AND NOT is_company
"""
ANSWER = """
    INSERT INTO crm_touchpoint (partner_id, date, channel_id, event, direction, is_bot)
    SELECT id, now() AT TIME ZONE 'UTC', %(channel)s, 'clicked', 'inbound', FALSE
      FROM res_partner WHERE id %% 10 = 0
"""


def run(env, report):
    """Measure the refresh of two rules, the list of deadlines, and a state of play."""
    volume.load(env, CONTACTS, INVOICES, 100, 0, items=False, progress=quiet)
    env.cr.execute(AGE, {"stage": env.ref("crm_lifecycle.stage_prospect").id})
    channel = env.ref("crm_lifecycle.touchpoint_channel_mailing").id
    env.cr.execute(ANSWER, {"channel": channel})
    vacuum(env, *TABLES)
    for name in ("retention_prospect", "retention_customer_end"):
        measure(env, report, env.ref(f"crm_lifecycle.{name}"))
    deadlines = env["crm.privacy.deadline"]
    seconds = timed(env, lambda: deadlines.search_fetch([("count", ">", 0)], ["name", "date"]))
    report.value("list of deadlines", seconds, "s", at_most=1)
    play = env["crm.privacy.play"].create({})
    report.value("state of play, all tables", timed(env, lambda: count(play)), "s")
    report.value("state of play: fields", play.field_count)


def measure(env, report, rule):
    """Measure the first list of a rule, and the same list again."""
    first = timed(env, rule._refresh)
    vacuum(env, *TABLES)
    again = timed(env, rule._refresh)
    report.value(f"{rule.subject}: due of {CONTACTS:,} contacts", rule.due_count)
    report.value(f"{rule.subject}: left out", rule.held_count)
    report.value(f"{rule.subject}: first list", first, "s")
    report.value(f"{rule.subject}: list again", again, "s")


def count(play):
    """Count all tables, as the job does."""
    play.action_start()
    while play._step():
        pass
