"""The one statement that brings the affinities of a company up to date.

The lines of the window are read once and become pairs (`basket_sql`), the pairs get their
measures, and the rows that differ are touched, no others.
"""

from odoo.tools import SQL

from ..lifecycle.columns_sql import assigned, differ, listed
from . import affinity, basket_sql

#: What a refresh compares and writes, in the order of the columns of `fresh`.
FIGURES = (
    "orders",
    "product_orders",
    "support",
    "confidence",
    "lift",
    "customers",
    "product_customers",
    "share",
    "customer_lift",
    "strength",
    "is_suggested",
)

#: So many pairs of each item are kept, the best. Nobody needs the others, and thousands of
#: products that all meet by chance would make millions of them.
KEPT = 100

#: By level: the columns that name a pair.
KEYS = {
    "product": ("product_id", "related_product_id"),
    "category": ("categ_id", "related_categ_id"),
}


def refresh(company_id, lines, level, *, best_sellers, **rules):
    """Give the statement; it answers with one row: what it wrote, and how much it has read.

    :param SQL lines: see `basket_sql.basket_lines`
    :param str level: product or category
    :param SQL best_sellers: the products that a category may be suggested by
    :param rules: min_customers, min_share, min_lift of the company
    """
    return SQL(
        """
        WITH line AS MATERIALIZED (%(lines)s),
             basket AS MATERIALIZED (%(baskets)s),
             owner AS MATERIALIZED (%(owners)s),
             total AS (SELECT (SELECT sum(times) FROM basket) AS orders,
                              (SELECT sum(times) FROM owner) AS customers),
             item AS MATERIALIZED (%(items)s),
             pair AS (%(pairs)s),
             measured AS (%(measured)s),
             fresh AS MATERIALIZED (%(fresh)s),
             difference AS MATERIALIZED (%(difference)s),
             updated AS (%(update)s),
             inserted AS (%(insert)s),
             deleted AS (%(delete)s)
        SELECT (SELECT count(*) FROM fresh) AS pairs,
               (SELECT count(*) FROM inserted) AS added,
               (SELECT count(*) FROM updated) AS changed,
               (SELECT count(*) FROM deleted) AS removed
        """,
        lines=lines,
        baskets=basket_sql.sets("move_id"),
        owners=basket_sql.sets("customer_id"),
        items=basket_sql.items(rules["min_customers"]),
        pairs=basket_sql.pairs(rules["min_customers"]),
        measured=_measured(rules),
        fresh=_fresh(level, best_sellers),
        difference=_difference(company_id, level),
        update=_update(level),
        insert=_insert(company_id, level),
        delete=SQL(
            "DELETE FROM crm_product_affinity a USING difference d"
            " WHERE d.old_id = a.id AND d.orders IS NULL RETURNING 1"
        ),
    )


def _measured(rules):
    """Give both directions of each pair with their measures; the first place is the best one."""
    return SQL(
        """
        SELECT d.*, row_number() OVER (
                   PARTITION BY d.item
                   ORDER BY d.is_suggested DESC, d.strength DESC, d.related_customers, d.other
               ) AS place
          FROM (%s) d
        """,
        _directions(rules),
    )


def _directions(rules):
    """Give both directions of each pair with their measures; see `affinity`."""
    return SQL(
        """
        SELECT p.item, p.other, p.orders::int, i.orders::int AS product_orders,
               p.orders::float8 / total.orders::float8 AS support,
               p.orders::float8 / i.orders::float8 AS confidence,
               p.orders::float8 * total.orders::float8 / (i.orders * r.orders)::float8 AS lift,
               p.customers::int, i.customers::int AS product_customers,
               r.customers AS related_customers,
               s.share, s.share * total.customers::float8 / r.customers::float8 AS customer_lift,
               s.strength,
               s.share >= %(min_share)s
                   AND s.strength * total.customers::float8 > %(min_lift)s * r.customers::float8
                   AS is_suggested
          FROM (SELECT item, other, orders, customers FROM pair
                UNION ALL
                SELECT other, item, orders, customers FROM pair) p
          JOIN item i ON i.item = p.item
          JOIN item r ON r.item = p.other
         CROSS JOIN total
         CROSS JOIN LATERAL (%(shares)s) s
        """,
        shares=_shares(SQL("p.customers::float8"), SQL("i.customers::float8")),
        **{name: rules[name] for name in ("min_share", "min_lift")},
    )


def _fresh(level, best_sellers):
    """Give the rows as they should be: the best pairs of each item."""
    return SQL(
        "SELECT %s, %s FROM measured m WHERE m.place <= %s",
        _fresh_columns(level, best_sellers),
        listed(FIGURES, "m"),
        KEPT,
    )


def _fresh_columns(level, best_sellers):
    """Give what a row is about; a category is suggested by its best seller."""
    if level == "product":
        return SQL("m.item AS product_id, m.other AS related_product_id")
    return SQL(
        """
        m.item AS categ_id, m.other AS related_categ_id,
        (SELECT best.product_id FROM (
            SELECT DISTINCT ON (item) item, product_id FROM (
                SELECT item, product_id, count(DISTINCT customer_id) AS buyers FROM line
                 WHERE product_id IN %s GROUP BY item, product_id
            ) sold ORDER BY item, buyers DESC, product_id
        ) best WHERE best.item = m.other) AS related_product_id
        """,
        best_sellers,
    )


def _shares(both, product):
    """Give the share and its lower end; see `affinity.strength`."""
    return SQL(
        """
        SELECT share,
               (share + %(z)s * %(z)s / (2 * product)
                - %(z)s * sqrt((share * (product - together) + %(z)s * %(z)s / 4)
                               / product / product))
               / (1 + %(z)s * %(z)s / product) AS strength
          FROM (SELECT %(both)s AS together, %(product)s AS product,
                       %(both)s / %(product)s AS share) n
        """,
        both=both,
        product=product,
        z=SQL("%s::float8", affinity.Z),
    )


def _columns(level):
    """Give all columns that a row of a level has, those that name it first."""
    best = ("related_product_id",) if level == "category" else ()
    return KEYS[level], (*best, *FIGURES)


def _difference(company_id, level):
    """Compare what should be with what is there: only rows that differ are left.

    Rows of the other level have no name at this one, so they are of no use and go.
    """
    keys, figures = _columns(level)
    return SQL(
        """
        SELECT old.id AS old_id, new.*
          FROM fresh new
          FULL JOIN (SELECT * FROM crm_product_affinity WHERE company_id = %(company)s) old
            ON %(same)s
         WHERE %(differ)s
        """,
        company=company_id,
        same=SQL(" AND ").join(
            SQL("%s = %s", SQL.identifier("new", key), SQL.identifier("old", key)) for key in keys
        ),
        differ=differ(figures, "new", "old"),
    )


def _update(level):
    """Write the rows that have changed."""
    _keys, figures = _columns(level)
    return SQL(
        """
        UPDATE crm_product_affinity a
           SET %s, write_date = now() AT TIME ZONE 'UTC'
          FROM difference d
         WHERE d.old_id = a.id AND d.orders IS NOT NULL
        RETURNING 1
        """,
        assigned(figures, "d"),
    )


def _insert(company_id, level):
    """Add the pairs that are new."""
    keys, figures = _columns(level)
    return SQL(
        """
        INSERT INTO crm_product_affinity (company_id, create_date, write_date, %(columns)s)
        SELECT %(company)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', %(columns)s
          FROM difference WHERE old_id IS NULL
        RETURNING 1
        """,
        columns=listed((*keys, *figures)),
        company=company_id,
    )
