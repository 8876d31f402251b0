"""The lifecycle report counted again, by hand: plain loops over all transitions."""

from collections import defaultdict
from statistics import median

WAY = ["suspect", "lead", "prospect", "customer"]
HEIGHT = {"former": 0, "suspect": 1, "lead": 2, "prospect": 3, "customer": 4}


def person_of(move):
    """Give whom a transition belongs to: a company or person, else the lead."""
    partner = move.partner_id or move.lead_id.partner_id
    return partner.commercial_partner_id if partner else move.lead_id


def is_entry(move):
    return move.to_stage_id.kind != move.from_stage_id.kind


def recount(env):
    """Give the expected rows of `crm.lifecycle.report`, by id of the transition."""
    moves = env["crm.lifecycle.transition"].sudo().search([])
    histories = defaultdict(list)
    for move in sorted(moves, key=lambda move: (move.date, move.id)):
        if is_entry(move):
            histories[person_of(move)].append(move)
    rows = {}
    for person, history in histories.items():
        for kind in HEIGHT:
            row = _row(person, history, kind)
            if row:
                rows[row["id"]] = row
    return rows


def _row(person, history, kind):
    visits = [place for place, move in enumerate(history) if move.to_stage_id.kind == kind]
    if not visits:
        return None
    entry, later = history[visits[0]], history[visits[0] + 1 :]

    def first(kinds):
        return next((move.date for move in later if move.to_stage_id.kind in kinds), None)

    further = WAY[WAY.index(kind) + 1 :] if kind in WAY else []
    converted, customer = first(further), first(["customer"]) if kind != "customer" else None
    own = [m.date for m in later if (m.lead_id, m.partner_id) == (entry.lead_id, entry.partner_id)]
    left = [date for date in (converted, first(["former"]), *own[:1]) if date]
    falls = [
        move
        for move in history
        if move.from_stage_id.kind == kind
        and move.to_stage_id
        and HEIGHT[move.to_stage_id.kind] < HEIGHT[kind]
    ]
    return {
        "id": entry.id,
        "date": entry.date,
        "kind": kind,
        "transition_id": entry,
        "lead_id": entry.lead_id,
        "partner_id": person if person._name == "res.partner" else entry.partner_id,
        "stage_id": entry.to_stage_id,
        "source_id": entry.source_id,
        "user_id": entry.user_id,
        "company_id": entry.company_id,
        "converted_date": converted or False,
        "customer_date": customer or False,
        "former_date": (first(["former"]) if kind == "customer" else None) or False,
        "left_date": min(left) if left else False,
        "nbr": 1,
        "converted_count": int(bool(converted)),
        "customer_count": int(bool(customer)),
        "entry_count": len({history[place].date for place in visits}),
        "backward_count": len(falls),
        "customer_months": _months(entry.date, customer) if customer else 0,
        "days_to_convert": _days(entry.date, converted),
        "days_to_customer": _days(entry.date, customer),
        "days_in_kind": _days(entry.date, min(left) if left else None),
    }


def _months(start, end):
    return (end.year * 12 + end.month) - (start.year * 12 + start.month)


def _days(start, end):
    return (end - start).total_seconds() / 86400 if end else 0.0


def funnel_of(rows):
    """Give what `_funnel` says for these rows, by kind."""
    return {kind: _step(kind, [row for row in rows if row["kind"] == kind]) for kind in HEIGHT}


def _step(kind, rows):
    converted = [row for row in rows if row["converted_date"]]
    customers = [row for row in rows if row["customer_date"]]
    former = [row for row in rows if row["former_date"]]
    goes_on, buys, stops = kind in WAY[:-1], kind != "customer", kind == "customer"
    return {
        "entered": len(rows),
        "converted": len(converted) if goes_on else None,
        "rate": 100 * len(converted) / len(rows) if goes_on and rows else None,
        "median_days": median(r["days_to_convert"] for r in converted) if converted else None,
        "customers": len(customers) if buys else None,
        "customer_rate": 100 * len(customers) / len(rows) if buys and rows else None,
        "customer_median_days": (
            median(row["days_to_customer"] for row in customers) if customers else None
        ),
        "former": len(former) if stops else None,
        "former_rate": 100 * len(former) / len(rows) if stops and rows else None,
    }


def cohorts_of(rows, kind, today, months=12):
    """Give the months of `_cohorts` for these rows: month -> (size, counts or None)."""
    cohorts = defaultdict(list)
    for row in rows:
        if row["kind"] == kind:
            cohorts[row["date"].date().replace(day=1)].append(row)
    return {
        month: (
            len(people),
            [
                sum(
                    bool(row["customer_date"]) and _months(month, row["customer_date"]) <= number
                    for row in people
                )
                if _months(month, today) > number
                else None
                for number in range(1, months + 1)
            ],
        )
        for month, people in cohorts.items()
    }
