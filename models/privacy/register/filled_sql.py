"""How many records of a table have something in each of some fields: one statement."""

from odoo.tools import SQL, sql

JSON_TYPES = ("json", "properties")
#: The dates of a record, the best one first.
DATES = ("create_date", "date", "write_date")


def is_countable(env, model, name):
    """Tell whether a field has a place in the database that can be counted."""
    if model not in env or not env[model]._auto:
        return False
    field = env[model]._fields.get(name)
    if field is None or not field.store:
        return False
    return bool(_in_attachment(field) or field.column_type)


def count(records, names):
    """Give the SQL of the number of records, and for each field: how many have it, since when.

    Since when: the day of the newest record that has something there.
    """
    date = _date(records)
    figures = SQL(", ").join(
        SQL(
            "count(*) FILTER (WHERE %(filled)s), max(%(date)s) FILTER (WHERE %(filled)s)",
            filled=filled(records, name),
            date=date,
        )
        for name in names
    )
    return SQL("SELECT count(*), %s FROM %s t", figures, SQL.identifier(records._table))


def filled(records, name):
    """Give the SQL condition that a field has something in it."""
    field = records._fields[name]
    column = SQL.identifier("t", name)
    if _in_attachment(field):
        return SQL(
            "EXISTS (SELECT FROM ir_attachment a WHERE a.res_model = %s AND a.res_field = %s"
            " AND a.res_id = t.id)",
            records._name,
            name,
        )
    if field.type in JSON_TYPES or field.translate or field.company_dependent:
        return SQL(
            "(%s IS NOT NULL AND %s::text NOT IN ('{}', '[]', 'null', '\"\"'))", column, column
        )
    if field.type in ("char", "text", "html"):
        return SQL("(%s IS NOT NULL AND %s NOT IN ('', '<p><br></p>'))", column, column)
    return SQL("%s IS NOT NULL", column)


def _in_attachment(field):
    """Tell whether a field keeps its files outside of its table."""
    return field.type == "binary" and field.attachment


def _date(records):
    """Give the SQL of the date of a record."""
    known = sql.table_columns(records.env.cr, records._table)
    for name in DATES:
        if name in known and name in records._fields:
            return SQL("%s::date", SQL.identifier("t", name))
    return SQL("NULL::date")
