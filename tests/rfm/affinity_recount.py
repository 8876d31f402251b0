"""The affinities of a company counted again in plain Python, from the records alone."""

from collections import defaultdict
from itertools import permutations

from dateutil.relativedelta import relativedelta

from ...models.rfm import affinity, affinity_sql


def recount(company, as_of):
    """Give the rows as they should be: dict of (item, other) -> values."""
    baskets, owners = sets_of_items(company, as_of)
    in_orders, by_customers = holders(baskets), holders(owners)
    rows = {}
    for item, other in permutations(by_customers, 2):
        both = len(by_customers[item] & by_customers[other])
        if both >= company.affinity_min_customers:
            orders = len(in_orders[item] & in_orders[other])
            rows[item, other] = values_of(
                company,
                (orders, len(in_orders[item]), len(in_orders[other]), len(baskets)),
                (both, len(by_customers[item]), len(by_customers[other]), len(owners)),
            )
    return best(rows, {item: len(held) for item, held in by_customers.items()})


def best(rows, customers):
    """Keep the best pairs of each item; of equal ones those with the rarer other item."""
    kept = defaultdict(list)

    def order(pair):
        row = rows[pair]
        return not row["is_suggested"], -row["strength"], customers[pair[1]], pair[1]

    for item, other in sorted(rows, key=order):
        kept[item].append(other)
    return {
        (item, other): rows[item, other]
        for item, others in kept.items()
        for other in others[: affinity_sql.KEPT]
    }


def sets_of_items(company, as_of):
    """Give what each invoice and what each customer has: dict of id -> ids of items."""
    after = as_of - relativedelta(months=company.affinity_months)
    env = company.env
    own = env["res.company"].search([]).partner_id.commercial_partner_id
    baskets, owners = defaultdict(set), defaultdict(set)
    for move in env["account.move"].search([("company_id", "child_of", company.id)]):
        counts = (
            move.state == "posted"
            and move.move_type in ("out_invoice", "out_receipt")
            and move.payment_state != "reversed"
            and after < move.invoice_date <= as_of
            and move.commercial_partner_id not in own
        )
        for line in move.invoice_line_ids if counts else ():
            product = line.product_id
            item = product.categ_id if company.affinity_level == "category" else product
            if item and line.quantity > 0 and not line.is_downpayment:
                baskets[move.id].add(item.id)
                owners[move.commercial_partner_id.id].add(item.id)
    return baskets, owners


def holders(sets):
    """Turn round: dict of item -> ids of those that have it."""
    found = defaultdict(set)
    for key, items in sets.items():
        for item in items:
            found[item].add(key)
    return found


def values_of(company, orders, customers):
    """Give the measures of a pair from its counts: both, the first, the other, all."""
    return {
        "orders": orders[0],
        "product_orders": orders[1],
        "support": orders[0] / orders[3],
        "confidence": affinity.share(*orders[:2]),
        "lift": affinity.lift(*orders),
        "customers": customers[0],
        "product_customers": customers[1],
        "share": affinity.share(*customers[:2]),
        "customer_lift": affinity.lift(*customers),
        "strength": affinity.strength(*customers[:2]),
        "is_suggested": affinity.is_worth(
            *customers,
            min_customers=company.affinity_min_customers,
            min_share=company.affinity_min_share,
            min_lift=company.affinity_min_lift,
        ),
    }
