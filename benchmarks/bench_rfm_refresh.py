"""RFM refresh: its time as a multiple of the bare aggregate, and what it writes.

The bare aggregate is the query that any RFM needs, on the same rows with the same settings:
last date, count and sum of the documents of each customer. Both are measured in turn and the
medians compared. CONTACTS and INVOICES change the size.
"""

import os
import statistics
import threading
import time
from datetime import date, timedelta

from datasets import volume
from measuring import quiet, timed, vacuum, wal

from odoo import api
from odoo.tools import SQL

from odoo.addons.crm_lifecycle.models.lifecycle import long_statement

CONTACTS = int(os.environ.get("CONTACTS", "200000"))
INVOICES = int(os.environ.get("INVOICES", "2000000"))
ROUNDS = 5
TABLES = ("account_move", "res_partner", "crm_rfm_score")

BARE = """
    SELECT commercial_partner_id, max(invoice_date), count(*), sum(amount_untaxed_signed)
      FROM account_move
     WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
       AND company_id = %s AND invoice_date <= %s
     GROUP BY commercial_partner_id
"""


def run(env, report):
    """Measure the refresh, and the edits of users while it runs."""
    today = date.today()
    volume.load(env, CONTACTS, INVOICES, 100, 0, items=False, progress=quiet)
    policy = env["crm.rfm.policy"]._default_for(env.company)
    vacuum(env, *TABLES)
    measure(env, policy, report, today)
    edits_during_a_refresh(env, policy, report)


def measure(env, policy, report, today):
    """Measure the first fill, runs that change nothing, and the run of the next day."""
    bare = [timed(env, lambda: bare_aggregate(env, today)) for _ in range(ROUNDS)]
    reference = statistics.median(bare)
    report.value(f"bare aggregate, {INVOICES:,} invoices", reference, "s")
    # as on an old database: nothing is known of the time before, so no moves are written
    policy.write({"refresh_date": False, "history_start": False, "history_date": False})
    first = timed(env, lambda: policy._refresh(today))
    report.value("first fill", first, "s")
    report.value("first fill, of the bare aggregate", first / reference, "times", at_most=3)
    vacuum(env, *TABLES)
    again, bare = [], []
    for _ in range(ROUNDS):
        bare.append(timed(env, lambda: bare_aggregate(env, today)))
        result = {}
        again.append(timed(env, lambda result=result: result.update(policy._refresh(today))))
        written = wrote(result[policy.id])
    reference, refresh = statistics.median(bare), statistics.median(again)
    report.value("bare aggregate", reference, "s")
    report.value("refresh", refresh, "s")
    report.value("refresh, of the bare aggregate", refresh / reference, "times", at_most=1.8)
    report.value("rows written by a second run", written, at_most=0)
    next_day(env, policy, report, today, reference)


def next_day(env, policy, report, today, reference):
    """Measure the run of the next day: only who really changed is written."""
    tomorrow = today + timedelta(days=1)
    result = {}
    start = wal(env)
    seconds = timed(env, lambda: result.update(policy._refresh(tomorrow)))
    found = result[policy.id]
    report.value("next day, of the bare aggregate", seconds / reference, "times")
    report.value("rows written the next day", wrote(found))
    report.value("of customers", found["customers"])
    report.value("moves written the next day", found["moved"])
    report.value("log of the database written the next day", (wal(env) - start) / 1e6, "MB")


def edits_during_a_refresh(env, policy, report):
    """Edit contacts in another session while the refresh runs: nobody waits, nobody fails."""
    ids = env["crm.rfm.score"].search([("policy_id", "=", policy.id)], limit=400).partner_id.ids
    env.cr.commit()
    alone, _errors = edit(env, ids[:100], lambda: False)
    done, found = threading.Event(), []
    editor = threading.Thread(target=lambda: found.extend(edit(env, ids, done.is_set)))
    editor.start()
    refresh = timed(env, lambda: policy._refresh(renew=True))
    done.set()
    editor.join()
    meanwhile, errors = found
    usual = statistics.median(alone)
    report.value("an edit alone", usual * 1000, "ms")
    report.value("the slowest alone", max(alone[1:]) * 1000, "ms")
    report.value("edits during a refresh", len(meanwhile), at_least=1)
    report.value("the slowest of them waits", (max(meanwhile) - usual) * 1000, "ms", at_most=100)
    report.value("edits that failed", len(errors), at_most=0)
    report.value("the refresh meanwhile", refresh, "s")


def edit(env, ids, enough):
    """Edit contacts one by one, as a user does; return the seconds of each and the failures."""
    seconds, errors = [], []
    with env.registry.cursor() as cr:
        people = api.Environment(cr, env.uid, {})["res.partner"]
        for number, partner_id in enumerate(ids):
            if enough():
                break
            start = time.perf_counter()
            try:
                people.browse(partner_id).write({"street": f"{number} street of the bench"})
                cr.commit()
            except Exception as error:  # noqa: BLE001 a failure of any kind is what is looked for
                errors.append(error)
                cr.rollback()
            seconds.append(time.perf_counter() - start)
    return seconds, errors


def bare_aggregate(env, today):
    """Run the aggregate that any RFM needs, with the memory that the refresh has."""
    long_statement.take_memory(env)
    env.cr.execute(SQL(BARE, env.company.id, today))


def wrote(result):
    """Count the rows that a refresh wrote."""
    return sum(result[name] for name in ("added", "changed", "removed", "moved"))
