"""Engines of the sequences are killed at work; the benchmark of the same name kills more."""

import pytest
from workbench import paths, prepare
from workbench.calling import call
from workbench.databases import Database
from workbench.steps import Progress

KILLS = paths.ROOT / "benchmarks" / "bench_nurture_kill.py"


@pytest.fixture(scope="module")
def database():
    """Give a fresh database with the addon."""
    progress = Progress(4)
    odoo = prepare.odoo_ready(progress)
    database = Database(odoo, "killed_engines")
    with database.exclusive():
        with progress.step("Database") as step:
            database.make(step)
        yield database
        database.drop()


def test_killed_engines_repeat_nothing_and_lose_nothing(database, monkeypatch):
    monkeypatch.setenv("PEOPLE", "120")
    monkeypatch.setenv("KILLS", "10")
    # the benchmark tells what is missing or there twice, and fails if anything is
    call(database.odoo, database.name, "bench:run", str(KILLS), failure="Not exactly once")
