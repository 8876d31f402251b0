"""Functions of tools/ that are called inside Odoo, their output seen by the user."""

import os
import subprocess

from . import paths
from .odoo import last_error
from .shell import die_with_parent
from .steps import Problem


def call(odoo, name, function, *arguments, failure, cwd=paths.ROOT):
    """Call `module:function` on the database; what it prints goes to the screen."""
    log = odoo.folder(name) / "call.log"
    environment = odoo.environment(name)
    environment["PYTHONPATH"] = os.pathsep.join((environment["PYTHONPATH"], str(paths.TOOLS)))
    script = str(paths.TOOLS / "in_odoo.py")
    database = odoo.server.database_name(name)
    with open(log, "wb") as errors:
        done = subprocess.run(
            [str(odoo.python), script, database, function, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stderr=errors,
            cwd=cwd,
            check=False,
            preexec_fn=die_with_parent,
        )
    if done.returncode:
        raise Problem(f"{failure}: {last_error(log)} (all of it in {log}).")
