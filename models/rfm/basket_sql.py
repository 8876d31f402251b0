"""What was bought together, as SQL: the lines, the sets of items, the pairs.

The items of each invoice and those of each customer are gathered into sets. Equal sets are
counted together, so each pair is joined once for all that bought the same, and only items with
enough customers are joined at all.
"""

from odoo.tools import SQL

from . import purchases


def basket_lines(company_ids, level, *, after, until, left_out, allowed=None):
    """Give the query of what was sold: `move_id`, `customer_id`, `product_id`, `item`.

    :param company_ids: whose invoices
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
         WHERE m.company_id IN %(companies)s
           AND m.state = 'posted' AND m.move_type IN %(sales)s
           AND m.payment_state IS DISTINCT FROM 'reversed'
           AND m.invoice_date > %(after)s AND m.invoice_date <= %(until)s
           AND m.commercial_partner_id NOT IN (%(own)s) %(allowed)s
           AND l.display_type = 'product' AND l.quantity > 0
           AND l.is_downpayment IS NOT TRUE
           AND %(item)s IS NOT NULL AND l.product_id != ALL(%(left_out)s)
        """,
        item=item(level, "l"),
        category=category_join(level, "l"),
        companies=tuple(company_ids),
        sales=purchases.SALES,
        after=after,
        until=until,
        own=purchases.own_partners(),
        allowed=SQL("AND m.commercial_partner_id IN %s", allowed) if allowed else SQL(),
        left_out=list(left_out),
    )


def item(level, alias):
    """Give the item of a line: its product, or the category of its product."""
    return SQL.identifier(alias, "product_id") if level == "product" else SQL("t.categ_id")


def category_join(level, alias):
    """Give the way from a line to the category of its product, where that is wanted."""
    if level == "product":
        return SQL()
    return SQL(
        "JOIN product_product p ON p.id = %s JOIN product_template t ON t.id = p.product_tmpl_id",
        SQL.identifier(alias, "product_id"),
    )


def sets(column):
    """Give the different sets of items bought together, and how many times each was bought."""
    return SQL(
        """
        SELECT row_number() OVER () AS place, items, count(*) AS times
          FROM (SELECT array_agg(DISTINCT item) AS items FROM line GROUP BY %s) bought
         GROUP BY items
        """,
        SQL.identifier(column),
    )


def items(min_customers):
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


def pairs(min_customers):
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
