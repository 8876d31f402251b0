"""Customer value: seconds to read, fit, score and write; writing against a bare UPDATE.

Customers buy at random times and leave at random, as the model supposes; each purchase is a posted
invoice. Measured at two sizes. Needs numpy and scipy, which the workbench installs.
"""

import time
from datetime import timedelta

import numpy as np

from odoo import fields
from odoo.tools import SQL

SIZES = (20_000, 200_000)
YEARS = 6

#: Of reading, fitting, scoring and writing all customers, in multiples of the bare UPDATE; of few
#: customers the fit, which takes a second at any size, is most of it.
RATIOS = {200_000: 6}


def run(env, report):
    """Measure each size with a company of its own."""
    for size in SIZES:
        policy = make_shop(env, size)
        policy._refresh()
        measure(policy, size, report)


def measure(policy, size, report):
    """Measure the steps of an estimate, then the whole, first and repeated."""
    values = policy._values()  # loads scipy
    with report.time(f"read, {size:,} customers"):
        rows = policy._value_rows()
    with report.time(f"fit, {size:,} customers", at_most=2 + size / 50_000):
        fit = values.estimate(rows.customers)
    report.value("why it is refused (0: it is not)", float(bool(fit["problem"])), at_most=0)
    with report.time(f"score, {size:,} customers", at_most=1):
        values.figures(fit, rows.customers)
    first = seconds(policy._estimate_value)
    bare = seconds(lambda: bare_update(policy))
    report.value(f"first estimate, {size:,} customers", first, "s")
    report.value(
        "the same in bare UPDATEs of the same rows", first / bare, "times", RATIOS.get(size)
    )
    bare_update(policy, back=True)
    again = seconds(policy._estimate_value)
    report.value("estimate again on the same day", again / bare, "times")
    a_week_later(policy, report)


def a_week_later(policy, report):
    """Tell how many customers show other figures after a week without purchases."""
    rows = policy._value_rows()
    older = rows.customers._replace(age_days=rows.customers.age_days + 7)
    ids, *_figures = policy._values().changes(policy.value_fit, rows._replace(customers=older))
    report.value("rows written a week later", 100 * len(ids) / len(rows.ids), "%")


def seconds(action):
    """Return how long an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def bare_update(policy, back=False):
    """Write all rows that have figures, without any thought."""
    policy.env.cr.execute(
        SQL(
            "UPDATE crm_rfm_score SET p_active = p_active + %(step)s,"
            " expected_purchases = expected_purchases + %(step)s,"
            " expected_value = expected_value + %(step)s WHERE policy_id = %(policy)s",
            step=-1 if back else 1,
            policy=policy.id,
        )
    )


# ------------------------------------------------------------
# Customers by lot
# ------------------------------------------------------------


def make_shop(env, size):
    """Create a company with customers and invoices; return its policy."""
    company = env["res.company"].create({"name": f"Shop of {size}"})
    journal = env["account.journal"].create(
        {"name": "Sales", "code": "BENCH", "type": "general", "company_id": company.id}
    )
    env.flush_all()
    env.cr.execute(
        "INSERT INTO res_partner (name, complete_name, active, type, autopost_bills)"
        " SELECT name, name, TRUE, 'contact', 'ask'"
        " FROM (SELECT 'Customer ' || generate_series(1, %s) AS name) made RETURNING id",
        [size],
    )
    ids = np.array([row[0] for row in env.cr.fetchall()])
    env.cr.execute(
        "UPDATE res_partner SET commercial_partner_id = id WHERE id = ANY(%s)", [ids.tolist()]
    )
    for places, days, amounts in purchases(size):
        insert_invoices(env, company, journal, ids[places], days, amounts)
    env.cr.execute("ANALYZE account_move")
    env.cr.execute("ANALYZE res_partner")
    env.invalidate_all()
    return env["crm.rfm.policy"]._default_for(company)


def purchases(size):
    """Yield rounds of purchases: places of the customers, days ago, amounts."""
    dice = np.random.default_rng(1)
    days = dice.integers(1, YEARS * 365, size).astype(float)
    pace, leaves = dice.gamma(0.4, 1 / 15, size) / 7, dice.beta(0.6, 3, size)
    level = 180 / dice.gamma(4, size=size)
    places = np.arange(size)
    while len(places):
        yield places, days[places].astype(int), (dice.gamma(3, size=len(places)) * level[places])
        days[places] -= dice.exponential(1 / np.maximum(pace[places], 1e-9))
        places = places[(days[places] >= 0) & (dice.random(len(places)) > leaves[places])]


def insert_invoices(env, company, journal, partner_ids, days_ago, amounts):
    """Insert one posted invoice for each of these customers."""
    today = fields.Date.context_today(company)
    day_of = [today - timedelta(days=int(days)) for days in range(YEARS * 365 + 1)]
    env.cr.execute(
        SQL(
            """
            INSERT INTO account_move (journal_id, company_id, currency_id, state, move_type,
                   payment_state, auto_post, partner_id, commercial_partner_id, date, invoice_date,
                   amount_untaxed_signed)
            SELECT %s, %s, %s, 'posted', 'out_invoice', 'paid', 'no', partner, partner, day, day,
                   round(amount::numeric, 2)
              FROM unnest(%s::int[], %s::date[], %s::float8[]) AS sale (partner, day, amount)
            """,
            journal.id,
            company.id,
            company.currency_id.id,
            partner_ids.tolist(),
            [day_of[days] for days in days_ago],
            amounts.tolist(),
        )
    )
