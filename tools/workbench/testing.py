"""`make test`: the whole suite, or with ARGS a part of it, on a database of its own."""

import contextlib
import fcntl
import subprocess

from . import logs, paths, prepare, settings
from .databases import Database
from .python_env import check_version
from .steps import Problem, Progress, say


def test():
    """Have everything ready, run pytest and check what Odoo logged."""
    check_version()
    progress = Progress(7)
    odoo = prepare.odoo_ready(progress)
    prepare.pdf_ready(progress)
    prepare.browser_ready(progress)
    name = settings.database("test")
    with exclusive(odoo, name):
        database = test_database(progress, odoo, name)
        succeeded = run_pytest(odoo, database)
        complaints = logs.complaints_of_file(odoo.folder(name) / "install.log")
    for line in complaints:
        say(f"While the addon was installed: {line}")
    if not succeeded:
        raise Problem("Tests failed: see above.")
    if complaints:
        raise Problem("Odoo logged the warnings above when the addon was installed: cure them.")


def test_database(progress, odoo, name):
    """Have a database with the addon as a fresh installation gives it."""
    prepare.dependencies_ready(progress, odoo, demo=False)
    database = Database(odoo, name)
    with progress.step(f"Database {name}") as step:
        database.remake_if_changed(step)
    return database


def run_pytest(odoo, database):
    """Run pytest on the screen and tell whether all went well."""
    command = [odoo.python, "-m", "pytest", f"--odoo-database={database.real_name}"]
    done = subprocess.run(
        [*map(str, command), *settings.arguments()],
        env=odoo.environment(database.name),
        stdin=subprocess.DEVNULL,
        cwd=paths.ROOT,
        check=False,
    )
    return done.returncode == 0


@contextlib.contextmanager
def exclusive(odoo, name):
    """Keep a second run from using the same database at the same time."""
    with open(odoo.folder(name) / "lock", "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another run on the database {name} (DB=... uses another one).")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
