"""The one statement that brings the rows of a policy up to date.

It reads the purchases once, scores each customer, compares with the rows that are there and
touches only those that differ: an `UPDATE ... FROM`, an `INSERT` of the missing, a `DELETE` of
the vanished, and a move where the segment has changed. `ON CONFLICT` would lock every row
and use up an id for each.
"""

from odoo.tools import SQL

from ..lifecycle.columns_sql import assigned, differ, listed
from . import cuts, purchases

#: What a refresh compares and writes, in the order of the columns of `scored`.
FIGURES = (
    "last_date",
    "frequency",
    "monetary",
    "r_score",
    "f_score",
    "m_score",
    "cell",
    "code",
    "value_tier",
    "segment_id",
)

#: What it says that it wrote.
WRITTEN = ("added", "changed", "removed", "moved")

CUT_COLUMNS = SQL(", ").join(map(SQL.identifier, cuts.COLUMNS))


def refresh(
    policy_id, recent, older, *, as_of, start, per_day, known_cuts, segments, allowed, cause
):
    """Give the statement; it answers with one row: what it wrote, and the cuts it used.

    :param SQL recent: the documents that may count in the window, see `purchases.purchase_rows`
    :param SQL older: the documents dated before it
    :param date start: the last day before the window
    :param bool per_day: whether the purchases of one day are one
    :param dict known_cuts: by column; empty: take them from the customers
    :param dict segments: the ids of the segments `prospect` and `lost`
    :param SQL allowed: the contacts that may be profiled; None: all
    :param str cause: of the moves; None: write no moves
    """
    return SQL(
        """
        WITH customer AS MATERIALIZED (%(customers)s),
             cut AS (%(cut)s),
             scored AS (%(scored)s),
             difference AS MATERIALIZED (%(difference)s),
             updated AS (%(update)s),
             inserted AS (%(insert)s),
             deleted AS (%(delete)s),
             moved AS (%(moves)s)
        SELECT (SELECT count(*) FROM updated) AS changed,
               (SELECT count(*) FROM inserted) AS added,
               (SELECT count(*) FROM deleted) AS removed,
               (SELECT count(*) FROM moved) AS moved,
               (SELECT count(*) FROM customer) AS customers,
               (SELECT count(*) FROM customer WHERE frequency > 0) AS active,
               %(cut_columns)s
          FROM cut
        """,
        customers=_customers(recent, older, start, per_day, allowed),
        cut=_known_cuts(known_cuts) if known_cuts else _cuts_of_customers(as_of),
        scored=_scored(as_of, segments["lost"]),
        difference=_difference(policy_id),
        update=_update(),
        insert=_insert(policy_id),
        delete=_delete(),
        moves=_moves(policy_id, as_of, segments["prospect"], allowed, cause),
        cut_columns=CUT_COLUMNS,
    )


def _customers(recent, older, start, per_day, allowed):
    """Give the three figures of each customer that ever bought.

    The last purchase is that of all times; frequency and amount are those of the window. Only
    the documents of the window need to be sorted, to count their days: of the older ones the
    last purchase is all that is asked.
    """
    return SQL(
        """
        SELECT partner_id, max(last_date) AS last_date,
               max(frequency) AS frequency, sum(monetary) AS monetary
          FROM (
            SELECT partner_id, max(bought) AS last_date,
                   count(DISTINCT %(unit)s) AS frequency, sum(amount) AS monetary
              FROM (%(recent)s) document
             WHERE day > %(start)s
             GROUP BY partner_id
             UNION ALL
            SELECT partner_id, max(bought), 0, 0
              FROM (%(older)s) document
             GROUP BY partner_id
          ) part
         GROUP BY partner_id
        HAVING max(last_date) IS NOT NULL
           AND partner_id NOT IN (%(own)s) %(allowed)s
        """,
        unit=SQL("bought" if per_day else "CASE WHEN bought IS NOT NULL THEN document END"),
        recent=recent,
        older=older,
        start=start,
        own=purchases.own_partners(),
        allowed=SQL("AND partner_id IN %s", allowed) if allowed else SQL(),
    )


def _known_cuts(known):
    """Give the cuts as they are kept."""
    return SQL(
        "SELECT %s",
        SQL(", ").join(SQL("%s AS %s", known[name], SQL.identifier(name)) for name in cuts.COLUMNS),
    )


def _cuts_of_customers(as_of):
    """Give the cuts that share out the customers in fifths; see `cuts.quantile_cuts`."""
    wanted = {
        "r": "COALESCE(max(days) FILTER (WHERE r_rank >= %(share)s), -1)",
        "f": "COALESCE(min(frequency) FILTER (WHERE f_rank >= %(share)s), max(frequency) + 1, 0)",
        "m": "COALESCE(min(monetary) FILTER (WHERE m_rank >= %(share)s), max(monetary) + 1, 0)",
    }
    columns = SQL(", ").join(
        SQL(
            "%s AS %s",
            SQL(wanted[dimension], share=share),
            SQL.identifier(cuts.column(dimension, score)),
        )
        for dimension in cuts.DIMENSIONS
        for score, share in cuts.SHARES.items()
    )
    return SQL(
        """
        SELECT %s FROM (
            SELECT %s - last_date AS days, frequency, monetary,
                   percent_rank() OVER (ORDER BY last_date) AS r_rank,
                   percent_rank() OVER (ORDER BY frequency) AS f_rank,
                   percent_rank() OVER (ORDER BY monetary) AS m_rank
              FROM customer WHERE frequency > 0
        ) ranked
        """,
        columns,
        as_of,
    )


def _scored(as_of, lost_id):
    """Score the customers; those without a purchase in the window are lost and have no scores."""
    return SQL(
        """
        SELECT c.partner_id, c.last_date, c.frequency::int, c.monetary,
               s.r AS r_score, s.f AS f_score, s.m AS m_score,
               cell.name AS cell,
               cell.name || s.m AS code,
               CASE WHEN s.m >= 4 THEN 'high' WHEN s.m = 3 THEN 'medium'
                    WHEN s.m <= 2 THEN 'low' END AS value_tier,
               CASE WHEN s.r = 0 THEN %(lost)s ELSE cell.segment_id END AS segment_id
          FROM customer c
         CROSS JOIN cut
         CROSS JOIN LATERAL (
            SELECT CASE WHEN c.frequency > 0 THEN 1 + %(r)s ELSE 0 END AS r,
                   CASE WHEN c.frequency > 0 THEN 1 + %(f)s ELSE 0 END AS f,
                   CASE WHEN c.frequency = 0 THEN NULL
                        WHEN c.monetary <= 0 THEN 1 ELSE 1 + %(m)s END AS m
         ) s
          LEFT JOIN crm_rfm_cell cell ON cell.recency = s.r AND cell.frequency = s.f
        """,
        lost=lost_id,
        r=_steps(SQL("(%s - c.last_date) <=", as_of), "r"),
        f=_steps(SQL("c.frequency >="), "f"),
        m=_steps(SQL("c.monetary >="), "m"),
    )


def _steps(comparison, dimension):
    """Count the cuts that a figure reaches."""
    return SQL(" + ").join(
        SQL("(%s cut.%s)::int", comparison, SQL.identifier(cuts.column(dimension, score)))
        for score in cuts.SHARES
    )


def _difference(policy_id):
    """Compare what should be with what is there: only rows that differ are left."""
    return SQL(
        """
        SELECT old.id AS old_id, old.partner_id AS old_partner_id,
               old.segment_id AS old_segment_id, new.*
          FROM scored new
          FULL JOIN (SELECT * FROM crm_rfm_score WHERE policy_id = %(policy)s) old
            ON old.partner_id = new.partner_id
         WHERE %(differ)s
        """,
        policy=policy_id,
        differ=differ(FIGURES, "new", "old"),
    )


def _update():
    """Write the rows that have changed."""
    return SQL(
        """
        UPDATE crm_rfm_score score
           SET %s, changed_on = now() AT TIME ZONE 'UTC'
          FROM difference d
         WHERE d.old_id = score.id AND d.partner_id IS NOT NULL
        RETURNING 1
        """,
        assigned(FIGURES, "d"),
    )


def _insert(policy_id):
    """Write the rows of new customers."""
    return SQL(
        """
        INSERT INTO crm_rfm_score (policy_id, partner_id, %s, changed_on)
        SELECT %s, d.partner_id, %s, now() AT TIME ZONE 'UTC'
          FROM difference d WHERE d.old_id IS NULL
        RETURNING 1
        """,
        listed(FIGURES),
        policy_id,
        listed(FIGURES, "d"),
    )


def _delete():
    """Delete the rows of those that are no customers any more."""
    return SQL(
        """
        DELETE FROM crm_rfm_score score USING difference d
         WHERE d.old_id = score.id AND d.partner_id IS NULL
        RETURNING 1
        """
    )


def _moves(policy_id, as_of, prospect_id, allowed, cause):
    """Write a move for each customer whose segment has changed.

    Who has no purchase any more is a prospect again; who may not be profiled leaves no trace.
    """
    if not cause:
        return SQL("SELECT WHERE FALSE")
    return SQL(
        """
        INSERT INTO crm_rfm_move
               (policy_id, partner_id, date, from_segment_id, to_segment_id, code, cause)
        SELECT %(policy)s, COALESCE(d.partner_id, d.old_partner_id), %(as_of)s,
               COALESCE(d.old_segment_id, %(prospect)s), COALESCE(d.segment_id, %(prospect)s),
               d.code, %(cause)s
          FROM difference d
         WHERE d.old_segment_id IS DISTINCT FROM d.segment_id %(allowed)s
        RETURNING 1
        """,
        policy=policy_id,
        as_of=as_of,
        allowed=SQL("AND COALESCE(d.partner_id, d.old_partner_id) IN %s", allowed)
        if allowed
        else SQL(),
        prospect=prospect_id,
        cause=cause,
    )
