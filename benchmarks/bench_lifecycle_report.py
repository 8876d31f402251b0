"""How long the funnel, the cohorts and the views of the lifecycle report take.

Fills a database with histories, measures, and takes everything back:

    python -m odoo shell -c odoo.conf -d DB --no-http < benchmarks/bench_lifecycle_report.py

LIFECYCLE_SIZES gives the numbers of transitions, 50000,200000 by default.
"""

import os
import time

from odoo.tools import SQL

SIZES = [int(size) for size in os.environ.get("LIFECYCLE_SIZES", "50000,200000").split(",")]
RUNS = 5

FILL = """
WITH contact AS (
    INSERT INTO res_partner (name, complete_name, email, email_normalized, phone, street, city,
                             lang, active, type, is_company, autopost_bills, create_date)
    SELECT 'Bench ' || n, 'Bench ' || n, n || '@example.com', n || '@example.com',
           '+33 1 00 00 00 00', n || ' street of the bench', 'Paris',
           'en_US', TRUE, 'contact', FALSE, 'ask', NOW()
      FROM generate_series(1, %(records)s) n
    RETURNING id
), lead AS (
    INSERT INTO crm_lead (name, contact_name, email_from, email_normalized, type, active,
                          partner_id, create_date)
    SELECT 'Interest ' || id, 'Bench ' || id, id || '@example.com', id || '@example.com', 'lead',
           TRUE, CASE WHEN random() < 0.5 THEN id END, NOW()
      FROM contact
    RETURNING id
), record AS (
    SELECT id AS partner_id, NULL::integer AS lead_id FROM contact
     UNION ALL
    SELECT NULL, id FROM lead
), history AS (
    SELECT record.*,
           NOW() AT TIME ZONE 'UTC' - INTERVAL '1 day' - sqrt(random()) * INTERVAL '900 days'
               AS start,
           CASE WHEN random() < 0.35 THEN 1 ELSE 2 + (3 * random() * random())::integer END
               AS moves,
           (random() < 0.3)::integer AS ahead,
           random() * INTERVAL '60 days' AS pace
      FROM record
), move AS (
    SELECT history.*, step, start + (step - 1) * pace AS date,
           LEAST(GREATEST(step + ahead - CASE WHEN random() < 0.15 THEN 2 ELSE 0 END, 1), 5)
               AS place
      FROM history, generate_series(1, moves) step
     WHERE start + (step - 1) * pace < NOW() AT TIME ZONE 'UTC'
), stage AS (
    SELECT MIN(id) AS id, ROW_NUMBER() OVER (ORDER BY MIN(sequence)) AS place
      FROM crm_lifecycle_stage
     GROUP BY kind
), staged AS (
    SELECT move.*, stage.id AS to_stage_id,
           LAG(stage.id) OVER (PARTITION BY partner_id, lead_id ORDER BY step) AS from_stage_id
      FROM move JOIN stage USING (place)
)
INSERT INTO crm_lifecycle_transition
       (partner_id, lead_id, date, from_stage_id, to_stage_id, direction, cause, source_id, user_id)
SELECT partner_id, lead_id, date, from_stage_id, to_stage_id, 'forward', 'manual',
       (SELECT MIN(id) FROM utm_source), %(user)s
  FROM staged
 ORDER BY random()
"""


def fill(env, size):
    """Add contacts and leads with about `size` transitions, half of the leads with a contact."""
    env.flush_all()
    env.cr.execute("SELECT setseed(%s)", [1 / size])
    env.cr.execute(FILL, {"records": size // 4, "user": env.uid})
    env.cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE name LIKE 'Bench %'")
    for table in ("crm_lifecycle_transition", "crm_lead", "res_partner"):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()
    return env["crm.lifecycle.transition"].search_count([])


def measured(report):
    """Give what is measured, by name."""
    month = report.env.cr.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return {
        "funnel": lambda: report.get_funnel([]),
        "funnel of a month": lambda: report.get_funnel([("date", ">=", month)]),
        "cohorts of leads": lambda: report.get_cohorts([], "lead"),
        "pivot by kind and month": lambda: report._read_group(
            [], ["kind", "date:month"], ["nbr:sum", "conversion_rate:avg", "days_to_convert:avg"]
        ),
        "pivot with all measures": lambda: report._read_group(
            [], ["kind"], ["nbr:sum", "entry_count:sum", "backward_count:sum", "days_in_kind:avg"]
        ),
        "first page of the list": lambda: report.search([], limit=80).read(
            ["date", "kind", "partner_id", "lead_id", "converted_date", "customer_date"]
        ),
    }


def best(function, env):
    """Give the shortest of some runs, in seconds; the first one warms up."""
    times = []
    for _run in range(RUNS):
        env.invalidate_all()
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def main(env):
    """Measure each size on what the sizes before it have left, and take all of it back."""
    done = 0
    for size in SIZES:
        count = fill(env, size - done)
        done = size
        print(f"{count} transitions, {env['crm.lifecycle.report'].search_count([])} rows")
        for name, function in measured(env["crm.lifecycle.report"]).items():
            print(f"  {name:<28}{best(function, env):8.3f} s")
    env.cr.rollback()


if "env" in globals():
    main(env)  # noqa: F821
