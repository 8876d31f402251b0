"""The one statement that brings the affinities of a company up to date.

The lines of the window are read once and gathered into sets of items: those of each invoice, and
those of each customer. Equal sets are counted together, so each pair is joined once
for all that bought the same, and only items with enough customers are joined at all. Then the
rows that differ are touched, and no others.
"""

from odoo.tools import SQL

from . import affinity, purchases

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

#: By level: the columns that name a pair, and the SQL of an item of the line `l`.
KEYS = {
    "product": ("product_id", "related_product_id"),
    "category": ("categ_id", "related_categ_id"),
}
ITEMS = {"product": SQL("l.product_id"), "category": SQL("t.categ_id")}


def refresh(company_id, lines, level, *, best_sellers, **rules):
    """Give the statement; it answers with one row: what it wrote, and how much it has read.

    :param SQL lines: see `basket_lines`
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
        baskets=_sets("move_id"),
        owners=_sets("customer_id"),
        items=_items(rules["min_customers"]),
        pairs=_pairs(rules["min_customers"]),
        fresh=_fresh(level, best_sellers, rules),
        difference=_difference(company_id, level),
        update=_update(level),
        insert=_insert(company_id, level),
        delete=SQL(
            "DELETE FROM crm_product_affinity a USING difference d"
            " WHERE d.old_id = a.id AND d.orders IS NULL RETURNING 1"
        ),
    )


def basket_lines(company_id, level, *, after, until, left_out, allowed=None):
    """Give the query of what was sold: `move_id`, `customer_id`, `product_id`, `item`.

    :param date after: the last day before the window
    :param date until: the last day of the window
    :param left_out: ids of products that are no goods: discounts, delivery
    :param SQL allowed: the contacts that may be profiled; None: all
    """
    return SQL(
        """
        SELECT l.move_id, m.commercial_partner_id AS customer_id, l.product_id, %(item)s AS item
          FROM account_move m
          JOIN account_move_line l ON l.move_id = m.id %(category)s
         WHERE m.company_id = %(company)s
           AND m.state = 'posted' AND m.move_type IN %(sales)s
           AND m.payment_state != 'reversed'
           AND m.invoice_date > %(after)s AND m.invoice_date <= %(until)s
           AND m.commercial_partner_id NOT IN (%(own)s) %(allowed)s
           AND l.display_type = 'product' AND l.quantity > 0
           AND l.is_downpayment IS NOT TRUE
           AND %(item)s IS NOT NULL AND l.product_id != ALL(%(left_out)s)
        """,
        item=ITEMS[level],
        category=_category_join(level),
        company=company_id,
        sales=purchases.SALES,
        after=after,
        until=until,
        own=purchases.own_partners(),
        allowed=SQL("AND m.commercial_partner_id IN %s", allowed) if allowed else SQL(),
        left_out=list(left_out),
    )


def _category_join(level):
    """Give the way from a line to the category of its product, where that is wanted."""
    if level == "product":
        return SQL()
    return SQL(
        "JOIN product_product p ON p.id = l.product_id"
        " JOIN product_template t ON t.id = p.product_tmpl_id"
    )


def _sets(column):
    """Give the different sets of items bought together, and how many times each was bought."""
    return SQL(
        """
        SELECT row_number() OVER () AS place, items, count(*) AS times
          FROM (SELECT array_agg(DISTINCT item) AS items FROM line GROUP BY %s) bought
         GROUP BY items
        """,
        SQL.identifier(column),
    )


def _items(min_customers):
    """Give the items that enough customers bought; no others can be in a pair that counts."""
    return SQL(
        """
        SELECT item, c.times AS customers, o.times AS orders
          FROM (%s) c JOIN (%s) o USING (item)
         WHERE c.times >= %s
        """,
        _times_of("owner"),
        _times_of("basket"),
        min_customers,
    )


def _times_of(sets):
    """Count the sets that hold an item."""
    return SQL(
        "SELECT i.item, sum(s.times) AS times FROM %s s, unnest(s.items) i (item) GROUP BY i.item",
        SQL.identifier(sets),
    )


def _pairs(min_customers):
    """Give the pairs of items with enough customers; who bought on one invoice bought both."""
    return SQL(
        """
        SELECT item, other, c.times AS customers, COALESCE(o.times, 0) AS orders
          FROM (%s HAVING sum(a.times) >= %s) c
          LEFT JOIN (%s) o USING (item, other)
        """,
        _pairs_of("owner"),
        min_customers,
        _pairs_of("basket"),
    )


def _pairs_of(sets):
    """Count the sets that hold a pair, each pair once, the lower id first."""
    kept = SQL(
        "SELECT s.place, s.times, i.item FROM %s s, unnest(s.items) i (item)"
        " WHERE i.item IN (SELECT item FROM item)",
        SQL.identifier(sets),
    )
    return SQL(
        """
        SELECT a.item, b.item AS other, sum(a.times) AS times
          FROM (%(kept)s) a JOIN (%(kept)s) b ON b.place = a.place AND b.item > a.item
         GROUP BY a.item, b.item
        """,
        kept=kept,
    )


def _fresh(level, best_sellers, rules):
    """Give the rows as they should be: both directions of each pair, with their measures."""
    return SQL(
        """
        SELECT %(columns)s, p.orders::int, i.orders::int AS product_orders,
               p.orders::float8 / total.orders::float8 AS support,
               p.orders::float8 / i.orders::float8 AS confidence,
               p.orders::float8 * total.orders::float8 / (i.orders * r.orders)::float8 AS lift,
               p.customers::int, i.customers::int AS product_customers,
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
        columns=_fresh_columns(level, best_sellers),
        shares=_shares(SQL("p.customers::float8"), SQL("i.customers::float8")),
        **{name: rules[name] for name in ("min_share", "min_lift")},
    )


def _fresh_columns(level, best_sellers):
    """Give what a row is about; a category is suggested by its best seller."""
    if level == "product":
        return SQL("p.item AS product_id, p.other AS related_product_id")
    return SQL(
        """
        p.item AS categ_id, p.other AS related_categ_id,
        (SELECT best.product_id FROM (
            SELECT DISTINCT ON (item) item, product_id FROM (
                SELECT item, product_id, count(DISTINCT customer_id) AS buyers FROM line
                 WHERE product_id IN %s GROUP BY item, product_id
            ) sold ORDER BY item, buyers DESC, product_id
        ) best WHERE best.item = p.other) AS related_product_id
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


def _listed(names, alias=None):
    """Give the names as SQL, all of one table if it is told."""
    return SQL(", ").join(
        SQL.identifier(alias, name) if alias else SQL.identifier(name) for name in names
    )


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
         WHERE (%(new)s) IS DISTINCT FROM (%(old)s)
        """,
        company=company_id,
        same=SQL(" AND ").join(
            SQL("%s = %s", SQL.identifier("new", key), SQL.identifier("old", key)) for key in keys
        ),
        new=_listed(figures, "new"),
        old=_listed(figures, "old"),
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
        SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), SQL.identifier("d", name)) for name in figures
        ),
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
        columns=_listed((*keys, *figures)),
        company=company_id,
    )
