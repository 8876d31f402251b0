"""Databases of this checkout: made from a cached copy of the dependencies, updated when needed.

Installing the addons that ours depends on takes half a minute, so the result is kept as a dump in
the user's cache and restored in a second. What a database was made from is its comment in
PostgreSQL; a database without the comment was left half made and is made again.
"""

import ast
import contextlib
import fcntl
import os
import shutil

from . import fingerprint, paths, python_env
from .once import build_once
from .postgres import programs_folder
from .shell import require_space, run
from .steps import Problem, say

#: The first one is the language of the users.
LANGUAGES = "en_US,fr_FR"

#: To be changed with the way in which the dump of the dependencies is made.
RECIPE = "1"


class Database:
    """One database: its name, whether it has demo data, and how it is made and updated."""

    def __init__(self, odoo, name, demo=False):
        self.odoo = odoo
        self.server = odoo.server
        self.name = name
        self.demo = demo
        self.real_name = self.server.database_name(name)

    @contextlib.contextmanager
    def exclusive(self):
        """Keep a second run from using the same database at the same time."""
        with open(self.odoo.folder(self.name) / "lock", "w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(f"Waiting for another run on the database {self.name} (DB=... is another).")
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    @property
    def filestore(self):
        """Return the folder of the database's attachments."""
        return self.odoo.folder(self.name) / "data" / "filestore" / self.real_name

    def state(self):
        """Return what the database was made from; None when it is missing or half made."""
        rows = self.server.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [self.real_name],
        )
        return rows[0][0] if rows else None

    def mark(self, state):
        """Remember what the database was made from."""
        self.server.execute(f'COMMENT ON DATABASE "{self.real_name}" IS %s', [state])

    def drop(self):
        """Remove the database and its files."""
        self.server.execute(f'DROP DATABASE IF EXISTS "{self.real_name}" WITH (FORCE)')
        shutil.rmtree(self.filestore, ignore_errors=True)

    def install(self, addons, log="install.log"):
        """Install addons, with demo data and French as this database wants."""
        flags = ["--with-demo"] if self.demo else []
        self._run_once("-i", addons, f"--load-language={LANGUAGES}", *flags, log=log)

    def update(self, step):
        """Update our addon, and install what it depends on since the last time."""
        step.say("updating the addon")
        self.mark("being updated")
        self._run_once("-u", paths.ADDON, log="update.log")
        self.mark(self.wanted_state())
        step.result = "updated"

    def _run_once(self, *arguments, log):
        failure = f"Odoo does not set up the database {self.name}"
        options = ("--stop-after-init", "--no-http")
        self.odoo.run(self.name, "server", *arguments, *options, failure=failure, log=log)

    def wanted_state(self):
        """Return the state of a database made from the files as they are now."""
        return f"{template_key(self.odoo, self.demo)} {fingerprint.addon_fingerprint()}"

    def make(self, step):
        """Make the database anew from the dependencies' dump and install our addon."""
        require_space(paths.WORK, 500)
        prepare_template(self.odoo, self.demo, step)
        self.drop()
        restore(self, step)
        step.say("installing the addon")
        self.install(paths.ADDON)
        self.mark(self.wanted_state())
        step.result = "made"

    def remake_if_changed(self, step):
        """Have the database as a fresh installation gives it: for tests and benchmarks."""
        if os.environ.get("FRESH") or self.state() != self.wanted_state():
            self.make(step)
        else:
            step.result = "unchanged"

    def make_if_missing(self, step):
        """Have the database, as old as it may be."""
        if self.state() is None:
            self.make(step)

    def update_if_changed(self, step):
        """Have the database follow the files and keep what people entered: for the demo."""
        state = self.state()
        if os.environ.get("FRESH") or state is None:
            self.make(step)
        elif state != self.wanted_state():
            self.update(step)
        else:
            step.result = "unchanged"


def dependencies():
    """Return the addons that ours depends on."""
    manifest = paths.ROOT / "__manifest__.py"
    if not manifest.exists():
        raise Problem(f"{manifest} is missing: this is not a checkout of the addon.")
    return ast.literal_eval(manifest.read_text())["depends"]


def template_key(odoo, demo):
    """Return the name of the dump of the dependencies: it holds all that the dump depends on."""
    requirements = python_env.REQUIREMENTS.read_bytes()
    parts = (*sorted(dependencies()), odoo.source.version, requirements, demo)
    return paths.short_hash(RECIPE, LANGUAGES, *parts)


def template_folder(odoo, demo):
    """Return where the dump of the dependencies lies in the cache."""
    return paths.CACHE / f"{'demo' if demo else 'plain'}-{template_key(odoo, demo)}"


def prepare_template(odoo, demo, step):
    """Have a dump of a database in which only the dependencies are installed."""
    folder = template_folder(odoo, demo)
    build_once(folder, lambda: build_template(odoo, folder, demo, step), step)


def build_template(odoo, folder, demo, step):
    """Install the dependencies in a database, dump it into the folder and drop it."""
    step.say("installing what the addon depends on")
    database = Database(odoo, "dependencies_demo" if demo else "dependencies", demo)
    database.drop()
    database.install(",".join(dependencies()))
    run(
        [programs_folder() / "pg_dump", "-Fc", "-Z1", "-f", folder / "dump", database.real_name],
        "The dependencies' database is not dumped",
        env=odoo.server.client_environment(),
    )
    shutil.copytree(database.filestore, folder / "filestore")
    database.drop()
    shutil.rmtree(odoo.folder(database.name))


def restore(database, step):
    """Make the database from the dump of the dependencies."""
    step.say("copying its dependencies")
    folder = template_folder(database.odoo, database.demo)
    database.server.execute(f'CREATE DATABASE "{database.real_name}" TEMPLATE template0')
    run(
        [programs_folder() / "pg_restore", "-j2", "--no-owner", "-d", database.real_name]
        + [folder / "dump"],
        "The dependencies' database is not restored",
        env=database.server.client_environment(),
    )
    shutil.copytree(folder / "filestore", database.filestore, dirs_exist_ok=True)
