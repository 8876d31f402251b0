"""Writing very many rows fast, and numbers that look like chance but are always the same."""

from contextlib import contextmanager

from odoo.tools import SQL


def chance(key, salt):
    """Return the SQL of a number in [0, 1) that depends on the key and the salt alone."""
    return SQL("pg_temp.volume_chance(%s, %s)", key, salt)


def bell(key, salt):
    """Return the SQL of a number of the standard normal distribution; it uses salt and salt + 1."""
    return SQL(
        "(sqrt(-2 * ln(1 - %s)) * cos(2 * pi() * %s))", chance(key, salt), chance(key, salt + 1)
    )


def gamma(key, salt):
    """Return the SQL of a gamma number of shape 4 and mean 1; it uses salt to salt + 3."""
    draws = [SQL("(1 - %s)", chance(key, salt + place)) for place in range(4)]
    return SQL("(-ln(%s) / 4)", SQL(" * ").join(draws))


def pick(ids, key, salt):
    """Return the SQL of one of the ids; NULL if there are none."""
    if not ids:
        return SQL("NULL::int")
    return SQL("(%s::int[])[1 + floor(%s * %s)::int]", list(ids), chance(key, salt), len(ids))


def define_chance(cr):
    """Define the function behind `chance`, for this session only."""
    cr.execute(
        SQL(
            """
            CREATE OR REPLACE FUNCTION pg_temp.volume_chance(key bigint, salt int) RETURNS float8
            LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
                SELECT (hashint8extended(key, salt) & 9007199254740991) / 9007199254740992::float8
            $$
            """
        )
    )


def reserve_ids(cr, table, count):
    """Take the next `count` ids of a table; return the number before the first of them."""
    sequence = f"{table}_id_seq"
    cr.execute(SQL("SELECT nextval(%s)", sequence))
    (first,) = cr.fetchone()
    cr.execute(SQL("SELECT setval(%s, %s)", sequence, first + max(count, 1) - 1))
    return first - 1


def insert(cr, table, source, values):
    """Insert into a table what the `source` gives (the SQL after FROM).

    :param dict values: column -> its value, as SQL or plain; may use the columns of the source
    """
    columns = SQL(", ").join(SQL.identifier(column) for column in values)
    selected = SQL(", ").join(
        value if isinstance(value, SQL) else SQL("%s", value) for value in values.values()
    )
    cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s",
            SQL.identifier(table),
            columns,
            selected,
            source,
        )
    )


def written(env, created, changed=None):
    """Return the columns that say who wrote the row and when."""
    return {
        "create_uid": env.uid,
        "create_date": created,
        "write_uid": env.uid,
        "write_date": changed or created,
    }


@contextmanager
def many_rows(cr, *tables):
    """Put the indexes aside, and the checks of references where allowed, while rows come in."""
    cr.execute(
        SQL(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid::regclass::text IN %s AND NOT indisunique",
            tables,
        )
    )
    definitions = dict(cr.fetchall())
    for name in definitions:
        cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
    check_references(cr, False)
    yield
    check_references(cr, True)
    cr.execute(SQL("SET LOCAL maintenance_work_mem = '256MB'"))
    for definition in definitions.values():
        cr.execute(SQL(definition.replace("%", "%%")))
    for table in tables:
        cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))


def check_references(cr, wanted):
    """Switch the checks of foreign keys, which only a superuser may, for this transaction."""
    cr.execute(SQL("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
    if cr.fetchone()[0]:
        role = "origin" if wanted else "replica"
        cr.execute(SQL("SELECT set_config('session_replication_role', %s, true)", role))
