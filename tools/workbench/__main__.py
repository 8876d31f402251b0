"""The commands of the workbench: `python -m workbench demo`, called by the Makefile."""

import sys

from .steps import Problem, say

HELP = """Commands (variables in brackets):

  make demo      everything, from a clone to a served Odoo with demo data
                 [PORT=8069  SERVE=0: stop after the summary  DATA=cdnow: real customers, too
                  UNTIL=2026-06-30: the day on which their purchases end; else 1998-06-30]
  make test      all tests [ARGS="tests/lifecycle -k move": a part of them]
  make lint      ruff, pylint-odoo and OCA's checks
  make bench     the measurements of benchmarks/ [ARGS=word: those with the word in their name]
  make shell     Odoo's Python shell on the demo database
  make upgrade   update the addon in the demo database
  make i18n      write i18n/*.pot and bring i18n/*.po up to date
  make stop      stop Odoo and PostgreSQL of this checkout
  make clean     remove this checkout's databases and logs [ALL=1: and the cache of downloads]

Everywhere: DB=name works on another database, FRESH=1 makes it anew. ODOO_PATH=folder takes a
checkout of Odoo 19 instead of Debian's package; PGHOST, PGUSER ... an existing PostgreSQL."""


def command(name):
    """Return the function of a command; each is imported only when it is wanted."""
    if name == "help":
        return lambda: say(HELP)
    if name in ("demo", "shell", "upgrade"):
        from . import demo as module
    elif name == "test":
        from . import testing as module
    elif name == "lint":
        from . import linting as module
    elif name == "bench":
        from . import benchmarking as module
    elif name == "i18n":
        from . import translations as module
    elif name in ("stop", "clean"):
        from . import stopping as module
    else:
        raise Problem(f"There is no command {name}: make help lists them.")
    return getattr(module, name)


def main(name="help"):
    """Run a command; an expected failure is one sentence, not a traceback."""
    try:
        command(name)()
    except Problem as problem:
        say(f"\nmake {name}: {problem}")
        return 1
    except KeyboardInterrupt:
        say(f"\nmake {name}: stopped; run it again to go on.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
