"""RFM pages: the map, the moves between two days, and the line of the contact's form.

The map and the matrix are compared with the bare aggregates of the rows behind them, read in
the same transaction. CONTACTS and INVOICES change the size.
"""

import os
import statistics

from datasets import volume
from measuring import quiet, timed, vacuum

from odoo.tests.common import new_test_user
from odoo.tools import SQL

CONTACTS = int(os.environ.get("CONTACTS", "200000"))
INVOICES = int(os.environ.get("INVOICES", "2000000"))
ROUNDS = 5
TABLES = ("res_partner", "crm_rfm_score", "crm_rfm_move")

BARE_MAP = """
    SELECT cell, segment_id, count(*), sum(monetary)
      FROM crm_rfm_score WHERE policy_id = %s GROUP BY cell, segment_id
"""
BARE_MATRIX = """
    SELECT count(*)
      FROM (SELECT partner_id, max(date) FROM crm_rfm_move WHERE policy_id = %s
             GROUP BY partner_id) past
      FULL JOIN (SELECT partner_id, segment_id FROM crm_rfm_score WHERE policy_id = %s) score
        ON score.partner_id = past.partner_id
"""


def run(env, report):
    """Measure the pages as a salesperson opens them, after a history of twelve months."""
    volume.load(env, CONTACTS, INVOICES, 100, 0, items=False, progress=quiet)
    policy = env["crm.rfm.policy"]._default_for(env.company)
    for day in policy._refresh_days():
        policy._refresh(day)
    vacuum(env, *TABLES)
    user = new_test_user(env, "bench_sales", "sales_team.group_sale_salesman")
    report.value("customers", policy.customer_count)
    report.value("moves", env["crm.rfm.move"].search_count([("policy_id", "=", policy.id)]))
    measure_pages(env, policy.with_user(user), report)
    measure_forms(env, policy.with_user(user), report)


def measure_pages(env, policy, report):
    """Measure the map and the matrix, and the list that a number of the matrix opens."""
    days = policy.history_start, policy.history_date
    for name, page, bare in (
        ("map", policy.get_map, SQL(BARE_MAP, policy.id)),
        ("matrix", lambda: policy.get_matrix(*days), SQL(BARE_MATRIX, policy.id, policy.id)),
    ):
        reference = median(env, lambda bare=bare: env.cr.execute(bare))
        seconds = median(env, page)
        report.value(name, seconds, "s")
        report.value(f"{name}, of the bare aggregate", seconds / reference, "times")
    change = "/".join(map(str, (policy.id, "any", "any", *days)))
    people = policy.env["res.partner"].with_context(active_test=False)
    domain = [("rfm_change", "=", change)]
    report.value("first page of a change", median(env, lambda: first_page(people, domain)), "s")


def first_page(people, domain):
    """Read what a list shows first."""
    return people.search_fetch(domain, ["name", "rfm_monetary"], limit=80)


def measure_forms(env, policy, report):
    """Count the queries that the line adds to the form of a contact."""
    partner = (
        policy.env["crm.rfm.score"].search([("policy_id", "=", policy.id)], limit=1).partner_id
    )
    partner._summary_rows()
    before = env.cr.sql_log_count
    partner._summary_rows()
    report.value("queries of the contact's line", env.cr.sql_log_count - before, at_most=1)
    seconds = median(env, partner.get_rfm_reasons)
    report.value("reasons of a customer", seconds * 1000, "ms", at_most=200)


def median(env, work):
    """Give the median time of some runs, each from a cold cache of Odoo."""
    times = []
    for _round in range(ROUNDS):
        env.invalidate_all()
        times.append(timed(env, work))
    return statistics.median(times)
