"""`make test`: the whole suite, or with ARGS a part of it, on a database of its own."""

import subprocess

from . import logs, paths, prepare, settings
from .databases import Database
from .python_env import check_version
from .shell import die_with_parent
from .steps import Problem, Progress, say

#: What pytest says when no test was selected.
NO_TESTS = 5


def test():
    """Have everything ready, run pytest and check what Odoo logged."""
    check_version()
    progress = Progress(6)
    odoo = prepare.odoo_ready(progress)
    prepare.pdf_ready(progress)
    prepare.browser_ready(progress)
    database = Database(odoo, settings.database("test"))
    with database.exclusive():
        remake_if_changed(progress, database)
        outcome = run_pytest(odoo, database)
        complaints = logs.complaints_of_file(odoo.folder(database.name) / "install.log")
    for line in complaints:
        say(f"While the addon was installed: {line}")
    if outcome == NO_TESTS:
        raise Problem("there is no test like that: correct ARGS=... .")
    if outcome:
        raise Problem("tests failed, see above.")
    if complaints:
        raise Problem("cure what Odoo logged when the addon was installed, see above.")


def remake_if_changed(progress, database):
    """Have a database with the addon as a fresh installation gives it."""
    with progress.step(f"Database {database.name}") as step:
        database.remake_if_changed(step)


def run_pytest(odoo, database):
    """Run pytest on the screen and return how it ended."""
    command = [odoo.python, "-m", "pytest", f"--odoo-database={database.real_name}"]
    done = subprocess.run(
        [*map(str, command), *settings.arguments()],
        env=odoo.environment(database.name),
        stdin=subprocess.DEVNULL,
        cwd=paths.ROOT,
        check=False,
        preexec_fn=die_with_parent,
    )
    return done.returncode
