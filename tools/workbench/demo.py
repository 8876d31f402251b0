"""`make demo`: a database with demo data, served; `make shell` and `make upgrade` work on it."""

import os

from . import datasets, prepare, serving, settings
from .calling import call
from .databases import Database
from .processes import running
from .python_env import check_version
from .steps import Progress, say

PASSWORD_HINT = "log in as admin, password admin"


def demo():
    """Have everything ready, show the funnel and serve Odoo."""
    check_version()
    port = settings.port()
    serve = settings.is_on("SERVE", "1")
    if serve:
        serving.require_port(port)
    dataset = datasets.chosen()
    progress = Progress(5 + bool(dataset) + serve)
    odoo = prepare.odoo_ready(progress)
    prepare.pdf_ready(progress)
    database = demo_database(odoo)
    with progress.step(f"Database {database.name}") as step, database.exclusive():
        database.update_if_changed(step)
    if dataset:
        datasets.load(progress, odoo, database.name, dataset)
    if serve:
        serve_until_stopped(progress, odoo, database.name, port)
    else:
        show_funnel(odoo, database.name)


def demo_database(odoo):
    """Return the database that the demo, the shell and the upgrade work on."""
    return Database(odoo, settings.database("demo"), demo=True)


def show_funnel(odoo, name):
    """Print the table of the funnel."""
    say("\nThe funnel now:")
    call(odoo, name, "summary:show", failure="The funnel is not shown")


def serve_until_stopped(progress, odoo, name, port):
    """Start Odoo, say where it is once it answers, and wait for the end."""
    server = serving.OdooServer(odoo, name, port)
    try:
        with progress.step("Login page") as step:
            server.wait_for_login_page()
            step.result = "open"
        show_funnel(odoo, name)
        say(f"\nOpen {server.url} and {PASSWORD_HINT}. The log is {server.log}.")
        say("Ctrl-C ends it; `make stop` ends it and PostgreSQL from another terminal.")
        server.wait()
    finally:
        server.close()


def shell():
    """Open Odoo's Python shell on the demo database."""
    progress = Progress(4)
    odoo = prepare.odoo_ready(progress)
    database = demo_database(odoo)
    with progress.step(f"Database {database.name}") as step, database.exclusive():
        database.make_if_missing(step)
    environment = odoo.environment(database.name)
    command = odoo.command(database.name, "shell", "--no-http", "--log-level=warn")
    os.execvpe(command[0], command, environment)


def upgrade():
    """Update the addon in the demo database, whether or not its files changed."""
    progress = Progress(4)
    odoo = prepare.odoo_ready(progress)
    database = demo_database(odoo)
    with progress.step(f"Database {database.name}") as step, database.exclusive():
        database.make_if_missing(step)
        database.update(step)
    if database.name in running():
        say("A server runs on it: start it again to see changes in Python.")
