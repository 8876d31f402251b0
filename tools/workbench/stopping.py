"""`make stop` ends what runs; `make clean` removes what was made."""

import os
import shutil

from . import paths, postgres, processes, python_env
from .steps import Problem, say


def stop():
    """Stop Odoo and PostgreSQL of this checkout."""
    stopped = []
    for name, pid in processes.running().items():
        processes.stop(pid)
        processes.forget(name)
        stopped.append(f"Odoo on {name}")
    if postgres.server().stop():
        stopped.append("PostgreSQL")
    say(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")


def clean():
    """Remove this checkout's databases and logs; with ALL=1 the user's cache, too."""
    stop()
    drop_given_databases()
    folders = [paths.WORK, paths.SHORT, paths.ADDONS]
    if os.environ.get("ALL"):
        folders.append(paths.CACHE)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
        if folder.exists():
            raise Problem(f"{folder} cannot be removed: remove it as its owner.")
    say(f"Removed: {', '.join(map(str, folders))}.")


def drop_given_databases():
    """Remove our databases from a server that is not ours."""
    server = postgres.server()
    if isinstance(server, postgres.EmbeddedServer) or not python_env.activate():
        return
    rows = server.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [server.prefix]
    )
    for (name,) in rows:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
