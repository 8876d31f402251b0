"""The lifecycle report: seconds until the funnel, the cohorts and the views are there.

Contacts and leads get random histories, half of the leads with a contact; measured at two sizes.
The figures of the funnel must be there within a second at 200,000 transitions.
"""

from odoo.tools import SQL

SIZES = (50_000, 200_000)
LIMITS = {"funnel": 1, "funnel of a month": 1, "cohorts": 1}

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


def run(env, report):
    """Measure each size on what the sizes before it have left."""
    done = 0
    for size in SIZES:
        fill(env, size - done)
        done = size
        rows = env["crm.lifecycle.report"]
        report.value("transitions", rows.env["crm.lifecycle.transition"].search_count([]))
        report.value("rows of the report", rows.search_count([]))
        for name, action in actions(rows).items():
            action()
            env.invalidate_all()
            with report.time(f"{name}, {size:,} transitions", at_most=LIMITS.get(name)):
                action()


def fill(env, size):
    """Add contacts and leads with about `size` transitions."""
    env.flush_all()
    env.cr.execute("SELECT setseed(%s)", [1 / size])
    env.cr.execute(FILL, {"records": size // 4, "user": env.uid})
    env.cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE name LIKE 'Bench %'")
    for table in ("crm_lifecycle_transition", "crm_lead", "res_partner"):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()


def actions(rows):
    """Return what a reader does, by name; `rows` is the model of the report."""
    month = rows.env.cr.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    measures = ["nbr:sum", "conversion_rate:avg", "days_to_convert:avg"]
    page = {"date": {}, "kind": {}, "converted_date": {}, "days_to_convert": {}}
    return {
        "funnel": lambda: rows.get_funnel([]),
        "funnel of a month": lambda: rows.get_funnel([("date", ">=", month)]),
        "cohorts": lambda: rows.get_cohorts([], "lead"),
        "pivot": lambda: rows.formatted_read_group([], ["kind", "date:month"], measures),
        "pivot of visits and falls": lambda: rows.formatted_read_group(
            [], ["kind"], ["entry_count:sum", "backward_count:sum", "days_in_kind:avg"]
        ),
        "page of the list": lambda: rows.web_search_read([], page, limit=80, count_limit=10_001),
    }
