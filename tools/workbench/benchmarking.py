"""`make bench`: the measurements of benchmarks/ on a database of their own."""

from . import paths, prepare, settings
from .calling import call
from .databases import Database
from .steps import Problem, Progress
from .testing import exclusive


def bench():
    """Run benchmarks/bench_*.py, or with ARGS those whose name contains one of the words."""
    files = chosen(sorted((paths.ROOT / "benchmarks").glob("bench_*.py")), settings.arguments())
    progress = Progress(5)
    odoo = prepare.odoo_ready(progress)
    prepare.dependencies_ready(progress, odoo, demo=False)
    name = settings.database("bench")
    with exclusive(odoo, name):
        database = Database(odoo, name)
        for file in files:
            # Each starts from a fresh database: no measurement depends on the one before.
            with progress.step("Database bench") as step:
                database.make(step)
            progress.total += 1
            call(odoo, name, "bench:run", str(file), failure=f"{file.name} failed")


def chosen(files, words):
    """Return the files whose name contains one of the words; all of them without words."""
    found = [file for file in files if not words or any(word in file.stem for word in words)]
    if not found:
        raise Problem("There is no such benchmark: benchmarks/bench_*.py is what can be run.")
    return found
