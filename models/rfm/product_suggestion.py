"""How suggestions are chosen: the best affinities of what customers own, as one query.

What does a customer own?
    What it bought more of than it returned, whenever that was, and what it has ordered. On a
    quotation also the products on it, as if they were owned.
What is never suggested?
    What the customer ever bought or returned, has ordered, or has on the quotation; what is
    no longer sold; pairs that are weak (`crm.product.affinity.is_suggested`). By category:
    nothing of a category that the customer knows.
Which come first?
    Those whose share among the customers is certain to be the highest (`affinity.strength`).
    Each product appears once, with the best of its reasons.
"""

from odoo.tools import SQL

from . import affinity_sql, basket_sql, purchases


def best(customers, baskets, company_ids, level, products, limit):
    """Give the query: `subject_id`, `affinity_id`, the best first.

    :param dict customers: subject (a contact, an order) -> its commercial partner
    :param company_ids: the company, and its branches after it
    :param baskets: pairs of subject and product on it
    :param SQL products: those that may be suggested
    """
    _product, related = affinity_sql.KEYS[level]
    return SQL(
        """
        WITH subject AS MATERIALIZED (%(subjects)s),
             traded AS MATERIALIZED (%(traded)s),
             ordered AS (%(ordered)s),
             known AS MATERIALIZED (%(known)s),
             candidate AS (%(candidates)s),
             ranked AS (
                SELECT subject_id, affinity_id, row_number() OVER (
                           PARTITION BY subject_id
                           ORDER BY strength DESC, customer_lift DESC, %(related)s) AS place
                  FROM candidate)
        SELECT subject_id, affinity_id FROM ranked WHERE place <= %(limit)s
         ORDER BY subject_id, place
        """,
        subjects=_subjects(customers),
        traded=_traded(list(set(customers.values())), company_ids),
        ordered=_ordered(list(set(customers.values())), company_ids),
        known=_known(baskets, level),
        candidates=_candidates(company_ids[0], level, products),
        related=SQL.identifier(related),
        limit=limit,
    )


def _subjects(customers):
    """Give the subjects with their customers, without our own companies."""
    return SQL(
        """
        SELECT subject_id, customer_id
          FROM unnest(%s::int[], %s::int[]) s (subject_id, customer_id)
         WHERE customer_id IS NULL OR customer_id NOT IN (%s)
        """,
        list(customers),
        [customer or None for customer in customers.values()],
        purchases.own_partners(),
    )


def _traded(customer_ids, company_ids):
    """Give what the customers bought and returned, of each product what is left."""
    return SQL(
        """
        SELECT l.partner_id AS customer_id, l.product_id,
               sum(CASE WHEN m.move_type = %(refund)s THEN - l.quantity ELSE l.quantity END)
                   AS quantity
          FROM account_move_line l
          JOIN account_move m ON m.id = l.move_id
         WHERE l.partner_id = ANY(%(customers)s::int[]) AND l.company_id IN %(companies)s
           AND l.display_type = 'product' AND l.product_id IS NOT NULL
           AND l.parent_state = 'posted' AND m.move_type IN %(documents)s
         GROUP BY l.partner_id, l.product_id
        """,
        refund=purchases.REFUND,
        customers=customer_ids,
        companies=tuple(company_ids),
        documents=purchases.DOCUMENTS,
    )


def _ordered(customer_ids, company_ids):
    """Give what the customers and their people have ordered."""
    return SQL(
        """
        SELECT DISTINCT who.commercial_partner_id AS customer_id, l.product_id
          FROM res_partner who
          JOIN sale_order o ON o.partner_id = who.id
          JOIN sale_order_line l ON l.order_id = o.id
         WHERE who.commercial_partner_id = ANY(%s::int[]) AND o.company_id IN %s
           AND o.state = 'sale' AND l.product_id IS NOT NULL
        """,
        customer_ids,
        tuple(company_ids),
    )


def _known(baskets, level):
    """Give the items that the subjects know, and whether they own them.

    What was ordered and returned is not owned.
    """
    subjects, products = zip(*baskets, strict=True) if baskets else ((), ())
    return SQL(
        """
        SELECT k.subject_id, %(item)s AS item, bool_or(k.owned) AS owned
          FROM (SELECT s.subject_id, t.product_id, t.quantity > 0 AS owned
                  FROM subject s JOIN traded t USING (customer_id)
                UNION ALL
                SELECT s.subject_id, o.product_id, COALESCE(t.quantity > 0, TRUE)
                  FROM subject s JOIN ordered o USING (customer_id)
                  LEFT JOIN traded t USING (customer_id, product_id)
                UNION ALL
                SELECT b.subject_id, b.product_id, TRUE
                  FROM unnest(%(subjects)s::int[], %(products)s::int[])
                           b (subject_id, product_id)
               ) k %(category)s
         GROUP BY k.subject_id, %(item)s
        """,
        item=basket_sql.item(level, "k"),
        subjects=list(subjects),
        products=list(products),
        category=basket_sql.category_join(level, "k"),
    )


def _candidates(company_id, level, products):
    """Give the products that go with what is owned and are not known, each with its best reason."""
    product, related = map(SQL.identifier, affinity_sql.KEYS[level])
    return SQL(
        """
        SELECT DISTINCT ON (k.subject_id, a.%(related)s)
               k.subject_id, a.id AS affinity_id, a.%(related)s, a.strength, a.customer_lift
          FROM known k
          JOIN crm_product_affinity a ON a.company_id = %(company)s AND a.%(product)s = k.item
               AND a.is_suggested AND a.related_product_id IN %(products)s
          LEFT JOIN known seen ON seen.subject_id = k.subject_id AND seen.item = a.%(related)s
         WHERE k.owned AND seen.item IS NULL
         ORDER BY k.subject_id, a.%(related)s, a.strength DESC, a.customer_lift DESC, a.id
        """,
        product=product,
        related=related,
        company=company_id,
        products=products,
    )
