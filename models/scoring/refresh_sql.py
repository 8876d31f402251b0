"""The one statement that brings the scores of a target up to date.

It reads the touchpoints once, scores each record, compares with the rows that are there and
touches only those that differ: an `UPDATE ... FROM`, an `INSERT` of the missing, a `DELETE` of
those who may not be scored, and a row of history where the score has changed.
"""

from odoo.tools import SQL

from ..lifecycle.columns_sql import assigned, differ, listed

#: What a refresh compares and writes.
FIGURES = ("score", "fit", "engagement", "qualification", "temperature")


def refresh(subject, ctes, *, at, gone, probability=None):
    """Give the statement; it answers with one row: what it wrote, and who became hot or rose.

    :param str subject: the column of the tables that points to the record
    :param dict ctes: the queries that end in `scored`, by name
    :param datetime at: when the scores are written
    :param SQL gone: the condition of rows `s` whose record may not have a score; None: none
    :param SQL probability: Odoo's own estimate for `d.record_id`
    """
    column = SQL.identifier(subject)
    return SQL(
        """
        WITH %(ctes)s,
             difference AS MATERIALIZED (%(difference)s),
             updated AS (%(update)s),
             inserted AS (%(insert)s),
             deleted AS (%(delete)s),
             kept AS (%(history)s)
        SELECT (SELECT count(*) FROM updated) AS changed,
               (SELECT count(*) FROM inserted) AS added,
               (SELECT count(*) FROM deleted) AS removed,
               (SELECT count(*) FROM kept) AS history,
               (SELECT count(*) FROM component) AS records,
               (SELECT array_agg(record_id) FROM difference
                 WHERE temperature = 'hot' AND old_temperature IS DISTINCT FROM 'hot') AS hot,
               (SELECT array_agg(record_id) FROM difference
                 WHERE score > COALESCE(old_score, -1)) AS risen
        """,
        ctes=with_queries(ctes),
        difference=_difference(column),
        update=_update(at),
        insert=_insert(column, at),
        delete=_delete(gone),
        history=_history(column, at, probability or SQL("NULL::float8")),
    )


def with_queries(ctes):
    """Name the queries; what others read more than once is computed once."""
    return SQL(", ").join(
        SQL(
            "%s AS %s (%s)",
            SQL.identifier(name),
            SQL("" if name == "scored" else "MATERIALIZED"),
            query,
        )
        for name, query in ctes.items()
    )


def _difference(column):
    """Compare what should be with what is there: only records that differ are left."""
    return SQL(
        """
        SELECT old.id AS old_id, old.score AS old_score, old.temperature AS old_temperature,
               new.record_id, %(figures)s
          FROM scored new
          LEFT JOIN crm_score old ON old.%(column)s = new.record_id
         WHERE %(differ)s
        """,
        column=column,
        figures=listed(FIGURES, "new"),
        differ=differ(FIGURES, "new", "old"),
    )


def _update(at):
    """Write the rows that have changed."""
    return SQL(
        "UPDATE crm_score s SET %s, date = %s FROM difference d WHERE d.old_id = s.id RETURNING 1",
        assigned(FIGURES, "d"),
        at,
    )


def _insert(column, at):
    """Write the rows that are missing; another session may be doing the same."""
    return SQL(
        "INSERT INTO crm_score (%s, %s, date) SELECT d.record_id, %s, %s FROM difference d"
        " WHERE d.old_id IS NULL ON CONFLICT DO NOTHING RETURNING 1",
        column,
        listed(FIGURES),
        listed(FIGURES, "d"),
        at,
    )


def _delete(gone):
    """Delete the rows of those who may not have a score."""
    if gone is None:
        return SQL("SELECT WHERE FALSE")
    return SQL("DELETE FROM crm_score s WHERE %s RETURNING 1", gone)


def _history(column, at, probability):
    """Keep each change of a score."""
    return SQL(
        """
        INSERT INTO crm_score_history (%(column)s, %(figures)s, old_score, date, odoo_probability)
        SELECT d.record_id, %(new)s, d.old_score, %(at)s, %(probability)s
          FROM difference d WHERE d.score IS DISTINCT FROM d.old_score
        RETURNING 1
        """,
        column=column,
        figures=listed(FIGURES),
        new=listed(FIGURES, "d"),
        at=at,
        probability=probability,
    )
