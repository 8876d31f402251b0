"""`make bench`: the measurements of benchmarks/ on a database of their own."""

from . import paths, prepare, settings
from .calling import call
from .databases import Database
from .steps import Problem, Progress


def bench():
    """Run benchmarks/bench_*.py, or with ARGS those whose name contains one of the words."""
    files = chosen(sorted((paths.ROOT / "benchmarks").glob("bench_*.py")), settings.arguments())
    progress = Progress(3 + len(files))
    odoo = prepare.odoo_ready(progress)
    database = Database(odoo, settings.database("bench"))
    failed = []
    with database.exclusive():
        for file in files:
            # Each starts from a fresh database: no measurement depends on the one before.
            with progress.step(f"Database {database.name} for {file.stem}") as step:
                database.make(step)
            try:
                call(odoo, database.name, "bench:run", str(file), failure=file.stem)
            except Problem as problem:
                failed.append(str(problem))
    if failed:
        raise Problem(" ".join(failed))


def chosen(files, words):
    """Return the files whose name contains one of the words; all of them without words."""
    found = [file for file in files if not words or any(word in file.stem for word in words)]
    if not found:
        raise Problem("There is no such benchmark: benchmarks/bench_*.py is what can be run.")
    return found
