"""Engines of the sequences that are killed at random moments, in processes of their own.

A process loads Odoo once and forks: each child runs the engine with connections of its own and
ends by SIGKILL, as when the machine loses its power. Nothing is left to clean up.
"""

import os
import random
import signal
import subprocess
import sys
import time

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

#: Batches so small that a kill nearly always hits one.
BATCH = 40

#: What the children may end with.
DONE, FAILED = 0, 3


def killed(database, kills, processes=1):
    """Run engines elsewhere, see `run_and_kill`; return how many were killed at work."""
    command = [sys.executable, __file__, database, str(kills), str(processes)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return int(done.stdout)


def main(database, kills, processes):
    """Load Odoo, let engines run and be killed, print how many were at work."""
    config.parse_config(["-d", database, "--no-http", "--log-level=critical"], setup_logging=True)
    Registry(database)
    print(run_and_kill(database, int(kills), int(processes), seed=int(processes)))


def run_and_kill(database, kills, processes=1, seed=1, longest=0.2):
    """Run engines until so many were killed, then until all is done; return kills that hit work.

    :param int processes: how many run at the same time
    :param float longest: the longest life of a killed process, in seconds of work
    """
    chance = random.Random(seed)
    sql_db.close_all()
    done = hits = 0
    while done < kills:
        children = [start(database) for _ in range(processes)]
        time.sleep(chance.uniform(0.02, longest))
        for child in children:
            hits += end(child)
            done += 1
    children = [start(database) for _ in range(processes)]
    for child in children:
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == DONE
    return hits


def start(database):
    """Fork a process that runs the engine until nothing is due; return its id."""
    child = os.fork()
    if child:
        return child
    code = FAILED
    try:
        with Registry(database).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            work(env)
        code = DONE
    except BaseException as error:  # noqa: BLE001 - a child never goes back into the parent
        os.write(2, f"   a process failed: {error!r}\n".encode())
    os._exit(code)


def work(env):
    """Run the engine in small batches."""
    from odoo.addons.crm_lifecycle.models.nurture import crm_nurture_enrollment_run

    crm_nurture_enrollment_run.BATCH = BATCH
    engine = env["crm.nurture.enrollment"]
    while engine._has_due():
        engine._cron_run_due()
        env.cr.commit()


def end(child):
    """Kill a process; tell whether it was still at work."""
    os.kill(child, signal.SIGKILL)
    return int(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
