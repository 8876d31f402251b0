"""What benchmarks have in common: seconds of a transaction, tables looked after, bytes logged."""

import time

from odoo.tools import SQL


def timed(env, action):
    """Return the seconds of an action in a transaction of its own."""
    env.cr.commit()
    start = time.perf_counter()
    action()
    env.flush_all()
    env.cr.commit()
    return time.perf_counter() - start


def counted(env, action):
    """Return the seconds and the queries of an action."""
    env.cr.commit()
    env.invalidate_all()
    before = env.cr.sql_log_count
    return timed(env, action), env.cr.sql_log_count - before


def vacuum(env, *tables):
    """Let the database look after its tables, as it does in the background."""
    env.cr.commit()
    with env.registry.cursor() as cr:
        cr._cnx.set_session(autocommit=True)
        for table in tables:
            cr.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(table)))


def wal(env):
    """Return how many bytes the database has logged so far."""
    env.cr.execute("SELECT pg_current_wal_lsn() - '0/0'")
    return int(env.cr.fetchone()[0])


def quiet(_line):
    """Keep the progress of the loading to ourselves."""
