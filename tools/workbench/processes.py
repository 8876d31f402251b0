"""Servers of this checkout that run: remembered by pid files, stopped by `make stop`."""

import os
import signal
import time
from pathlib import Path

from . import paths


def remember(name, pid):
    """Write down which process serves the database."""
    pid_file(name).write_text(str(pid))


def forget(name):
    """Remove the note of a process that has ended."""
    pid_file(name).unlink(missing_ok=True)


def pid_file(name):
    """Return the note's file."""
    return paths.WORK / name / "odoo.pid"


def running():
    """Return the servers that run, as {database: process id}."""
    found = {}
    for file in paths.WORK.glob("*/odoo.pid"):
        pid = int(file.read_text() or 0)
        if is_ours(pid):
            found[file.parent.name] = pid
    return found


def is_ours(pid):
    """Tell whether the process is an Odoo of this checkout, and not a later one with its number."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return os.fsencode(paths.WORK) in command


def stop(pid, request=signal.SIGTERM, patience=15):
    """Ask a process to end, and make it end when it does not."""
    os.kill(pid, request)
    deadline = time.monotonic() + patience
    while is_ours(pid):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            return
        time.sleep(0.1)
