"""What a statement over everything asks of the database: to run alone, with memory to sort in.

Both last until the end of the transaction.
"""

import psycopg2

from odoo.tools import SQL

#: Enough to sort ten million purchases in memory. It is a limit: two million take a fifth of it.
WORK_MEM = "512MB"

#: What two transactions at once cause: Odoo tries the request again.
CONCURRENCY = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)


def runs_alone(env, name, number):
    """Tell whether no other transaction does the same: what is done, and for which record."""
    lock = SQL("SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)", name, number)
    return env.execute_query(lock)[0][0]


def take_memory(env):
    """Let the statements that follow sort in memory."""
    env.cr.execute(SQL("SELECT set_config('work_mem', %s, true)", WORK_MEM))
