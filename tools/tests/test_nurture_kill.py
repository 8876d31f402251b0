"""Engines of the sequences killed at random moments: nothing twice, nothing lost.

The benchmark of the same name does it with more people, and kills more often.
"""

import pytest
from workbench import paths, prepare
from workbench.calling import call
from workbench.databases import Database
from workbench.steps import Progress


@pytest.fixture(scope="module")
def database():
    """Give a database with the addon."""
    progress = Progress(2)
    odoo = prepare.odoo_ready(progress)
    database = Database(odoo, "nurture_kill")
    with database.exclusive():
        with progress.step("Database of the kill test") as step:
            database.make(step)
        yield database
        database.drop()


def test_killed_engines_do_everything_once(database, monkeypatch):
    monkeypatch.setenv("PEOPLE", "120")
    monkeypatch.setenv("KILLS", "8")
    benchmark = str(paths.ROOT / "benchmarks" / "bench_nurture_kill.py")
    call(database.odoo, database.name, "bench:run", benchmark, failure="The kill test fails")
