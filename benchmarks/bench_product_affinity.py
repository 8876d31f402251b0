"""Which products go together: the refresh against the bare self-join, and suggestions for many.

The bare queries count the customers, and the invoices, of each pair of products over the same
lines, and nothing else: no totals, no measures, nothing written. All run with the same memory.
"""

import os
import statistics
from datetime import date

from datasets import volume
from measuring import quiet, timed, vacuum

from odoo.tools import SQL

CONTACTS = int(os.environ.get("CONTACTS", "200000"))
INVOICES = int(os.environ.get("INVOICES", "2000000"))
RECIPIENTS = 10_000
TABLES = ("account_move", "account_move_line", "res_partner", "crm_product_affinity")

BARE = """
SELECT count(*) FROM (
    WITH bought AS (SELECT DISTINCT %(who)s AS who, product_id FROM (%(lines)s) line)
    SELECT a.product_id, b.product_id, count(*)
      FROM bought a JOIN bought b ON b.who = a.who AND b.product_id != a.product_id
     GROUP BY a.product_id, b.product_id) pair
"""


def run(env, report):
    """Measure on the invoices of six years, all of them in the window."""
    volume.load(env, CONTACTS, INVOICES, 100, 0, progress=quiet)
    env.company.affinity_months = 120
    rows = env["crm.product.affinity"]
    vacuum(env, *TABLES)
    lines = rows._lines_query(env.company, date.today())
    report.value("lines", env.execute_query(SQL("SELECT count(*) FROM (%s) q", lines))[0][0])
    bare = bare_joins(env, lines, report)
    refreshes(env, bare, report)
    suggestions(env, report)


def bare_joins(env, lines, report):
    """Measure the self-joins over customers and over invoices; give their seconds by name."""
    found = {}
    for name, column in (("customers", "customer_id"), ("invoices", "move_id")):
        query = SQL(BARE, who=SQL.identifier(column), lines=lines)
        found[name] = statistics.median(timed(env, lambda: ample(env, query)) for _ in range(3))  # noqa: B023
        report.value(f"bare self-join, {name} of a pair", found[name], "s")
    return found


def ample(env, query):
    """Run a query with the memory that the refresh takes."""
    env.cr.execute("SET LOCAL work_mem = '256MB'")
    env.execute_query(query)


def refreshes(env, bare, report):
    """Measure the first fill, and runs that have nothing to write."""
    rows, results = env["crm.product.affinity"], []

    def refresh():
        results.append(rows._refresh(env.company))

    first = timed(env, refresh)
    vacuum(env, "crm_product_affinity")
    again = statistics.median(timed(env, refresh) for _ in range(3))
    report.value("pairs", results[0]["pairs"])
    for label, seconds, limit in (("first fill", first, 3), ("refresh", again, 2)):
        report.value(label, seconds, "s")
        for name in bare:
            ratio = seconds / bare[name]
            report.value(f"{label} / bare self-join, {name}", ratio, "times", at_most=limit)
    written = sum(results[-1].values()) - results[-1]["pairs"]
    report.value("rows written by the last refresh", written, at_most=0)


def suggestions(env, report):
    """Measure one customer and the recipients of a mailing."""
    domain = [("customer_rank", ">", 0)]
    partners = env["res.partner"].search(domain, limit=RECIPIENTS, order="id")
    for some, limit in ((partners[:1], 0.2), (partners, 15)):
        some._suggested_products()
        env.invalidate_all()
        with report.time(f"suggestions for {len(some):,} customers", at_most=limit):
            found = some._suggested_products()
        report.value("products suggested", sum(map(len, found.values())))
