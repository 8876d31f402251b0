"""What the user sets on the command line of make: `make demo PORT=8170`."""

import datetime
import os
import shlex

from .steps import Problem


def port():
    """Return the port on which the demo is served."""
    text = os.environ.get("PORT") or "8069"
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise Problem(f"PORT={text} is not a port: give a number from 1024 to 65535.")
    return int(text)


def last_day():
    """Return the day on which a set of data is to end, as a list of one text, or of none."""
    text = os.environ.get("UNTIL")
    if not text:
        return []
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        raise Problem(f"UNTIL={text} is not a day: write it as 2026-06-30.") from None
    return [text]


def arguments():
    """Return what is passed on to pytest."""
    return shlex.split(os.environ.get("ARGS") or "")


def is_on(name, default):
    """Tell whether a variable like SERVE=0 is on."""
    return (os.environ.get(name) or default) not in ("0", "no", "false")


def database(default):
    """Return the name of the database; DB=... chooses another one, made in the same way."""
    name = os.environ.get("DB") or default
    if not name.isidentifier():
        raise Problem(f"DB={name} is not a name for a database: use letters, digits and _.")
    return name
