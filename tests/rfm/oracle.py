"""The RFM figures by plain Python: one customer after the other, one document after the other."""

from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from ...models.rfm import cuts


class Document(NamedTuple):
    """A document as the accountant has it; `undoes` is the number of the invoice it credits."""

    customer: int
    company: int
    day: object
    amount: float
    move_type: str = "out_invoice"
    state: str = "posted"
    payment_state: str = "paid"
    undoes: int = None


def figures(documents, company, as_of, months, per_day=True):
    """Give {customer: (last day, frequency, amount)} of those that ever bought."""
    start = as_of - relativedelta(months=months)
    result = {}
    for customer in {document.customer for document in documents}:
        mine = [
            (number, document)
            for number, document in enumerate(documents)
            if document.customer == customer
            and document.company == company
            and document.state == "posted"
            and document.move_type in ("out_invoice", "out_receipt", "out_refund")
            and document.day <= as_of
        ]
        bought = [
            (document.day if per_day else number, document.day)
            for number, document in mine
            if document.move_type != "out_refund" and not reversed_by(documents, number, as_of)
        ]
        if bought:
            result[customer] = (
                max(day for _unit, day in bought),
                len({unit for unit, day in bought if day > start}),
                sum(d.amount for _n, d in mine if counted_day(documents, d, as_of) > start),
            )
    return result


def reversed_by(documents, number, as_of):
    """Tell whether an invoice was fully reversed on a day."""
    return documents[number].payment_state == "reversed" and not any(
        other.undoes == number and other.day > as_of and other.state == "posted"
        for other in documents
    )


def counted_day(documents, document, as_of):
    """Give the day whose amount a document changes: that of the invoice it undoes in full."""
    if document.undoes is not None and reversed_by(documents, document.undoes, as_of):
        return documents[document.undoes].day
    return document.day


def scores(found, as_of):
    """Give {customer: (r, f, m)}, shared out in fifths; lost ones have zeros."""
    active = {customer: row for customer, row in found.items() if row[1]}
    if not active:
        return dict.fromkeys(found, (0, 0, 0))
    days = {customer: (as_of - row[0]).days for customer, row in active.items()}
    r_cuts = cuts.quantile_cuts(days.values(), falling=True)
    f_cuts = cuts.quantile_cuts([row[1] for row in active.values()])
    m_cuts = cuts.quantile_cuts([row[2] for row in active.values()])
    return {
        customer: (
            cuts.score(days[customer], r_cuts, falling=True),
            cuts.score(row[1], f_cuts),
            1 if row[2] <= 0 else cuts.score(row[2], m_cuts),
        )
        if customer in active
        else (0, 0, 0)
        for customer, row in found.items()
    }
