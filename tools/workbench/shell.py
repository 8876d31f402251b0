"""Running other programs, their output kept for the one sentence that may be needed."""

import ctypes
import os
import re
import shutil
import signal
import subprocess

from .steps import Problem

#: How lines begin in which apt, pip, dpkg and PostgreSQL tell what went wrong.
ERROR = re.compile(
    r"E: |W: Failed|ERROR|[\w.-]*: error|.*FATAL|dpkg.*error|could not", re.IGNORECASE
)


def run(command, failure, advice="", **options):
    """Run a program and return its output; on an error say its telling line and what to do."""
    options.setdefault("stdin", subprocess.DEVNULL)
    env = {**os.environ, "LC_ALL": "C.UTF-8", **options.pop("env", {})}
    try:
        done = subprocess.run(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=env,
            check=False,
            preexec_fn=die_with_parent,
            **options,
        )
    except FileNotFoundError as error:
        raise Problem(f"{failure}: the program {command[0]} is missing.") from error
    if done.returncode:
        reason = telling_line(done.stdout).rstrip(".")
        raise Problem(f"{failure}: {reason}{'; ' if advice else ''}{advice}.")
    return done.stdout


def die_with_parent():
    """Make the program that is being started end when the workbench is killed.

    Otherwise it would go on beside the next run, which starts its step anew.
    """
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


def telling_line(output):
    """Return the line of a program's output that most likely tells its error.

    >>> telling_line("Err:1 mirror\\nE: Failed to fetch x\\nE: Try again\\n")
    'E: Failed to fetch x'
    >>> telling_line("one\\ntwo\\n")
    'two'
    >>> telling_line("")
    'no output'
    """
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return next(filter(ERROR.match, lines), (lines or ["no output"])[-1])


def require_space(folder, megabytes):
    """Refuse to start what would fill the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free // 2**20
    if free < megabytes:
        raise Problem(
            f"{folder} has {free} MB free and {megabytes} MB are needed: free some space, "
            "or choose another disk (XDG_CACHE_HOME=... for the cache)."
        )
