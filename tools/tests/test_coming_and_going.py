"""The addon comes to a database with years behind it, and goes again; with Odoo's own commands."""

from pathlib import Path

import pytest
from workbench import databases, paths, prepare
from workbench.databases import Database
from workbench.steps import Progress

SCRIPT = Path(__file__).with_name("old_database.py")

#: All that an addon may leave behind: columns, indexes, constraints, domains of actions.
TRACES = """
    SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION SELECT 'index ' || indexname FROM pg_indexes WHERE schemaname = 'public'
    UNION SELECT 'constraint ' || conname FROM pg_constraint
    UNION SELECT 'action ' || id || ' ' || domain FROM ir_act_window WHERE domain IS NOT NULL
    UNION SELECT 'view ' || id FROM ir_ui_view
    UNION SELECT 'menu ' || id FROM ir_ui_menu
    UNION SELECT 'cron ' || id FROM ir_cron
    UNION SELECT 'group ' || id FROM res_groups
    UNION SELECT 'parameter ' || key FROM ir_config_parameter WHERE key LIKE 'crm_lifecycle%'
    UNION SELECT 'data ' || name FROM ir_model_data WHERE module = 'crm_lifecycle'
"""

STAGES = """
    SELECT r.name, s.kind, r.lifecycle_kind, r.lifecycle_date::date::text
    FROM (SELECT name, lifecycle_stage_id, lifecycle_kind, lifecycle_date FROM crm_lead
          UNION ALL
          SELECT name, lifecycle_stage_id, lifecycle_kind, lifecycle_date FROM res_partner) r
    LEFT JOIN crm_lifecycle_stage s ON s.id = r.lifecycle_stage_id
    WHERE r.name LIKE 'Old %' OR r.name IN ('Won opportunity', 'Supplier')
"""

#: What holds on to the segments that come with the addon, beside the figures of customers.
MOVE = """
    INSERT INTO crm_rfm_move (policy_id, partner_id, date, from_segment_id, to_segment_id, cause)
    SELECT policy_id, partner_id, last_date, segment_id, segment_id, 'customer'
    FROM crm_rfm_score RETURNING partner_id
"""


@pytest.fixture(scope="module")
def database():
    """Give a database of a company that has worked without the addon."""
    progress = Progress(4)
    odoo = prepare.odoo_ready(progress)
    database = Database(odoo, "coming_and_going")
    with database.exclusive():
        with progress.step("Old database") as step:
            databases.prepare_template(odoo, False, step)
            database.drop()
            databases.restore(database, step)
        with open(SCRIPT) as script:
            odoo.run(database.name, "shell", "--no-http", failure="The old data fail", stdin=script)
        yield database
        database.drop()


def rows(database, query):
    """Give the rows of a query on the database itself."""
    return set(database.server.execute(query, database=database.real_name))


def test_first_install_gives_a_past_and_uninstall_leaves_no_trace(database):
    before = rows(database, TRACES)
    database.install(paths.ADDON)
    stages = {name: values for name, *values in rows(database, STAGES)}
    assert stages["Old lead"] == ["lead", "lead", "2024-01-10"]
    assert stages["Old opportunity"] == ["prospect", "prospect", "2024-01-10"]
    assert stages["Won opportunity"][:2] == ["customer", "customer"]
    # bought in May 2023, and never again for 18 months
    assert stages["Old contact"] == ["former", "former", "2024-11-04"]
    assert stages["Old customer"] == ["former", "former", "2024-11-04"]
    assert stages["Supplier"] == [None, None, None]
    assert rows(database, MOVE), "the customers have figures from the first day"
    database.odoo.run(
        database.name, "module uninstall", paths.ADDON, failure="The addon does not go"
    )
    after = rows(database, TRACES)
    assert after - before == set()
    assert before - after == set()
