"""Who bought what: the SQL of the customers of posted invoices.

Functions without state, on values and SQL.
"""

from odoo.tools import SQL

MOVES = ("out_invoice", "out_receipt")


def lines_of(customer, products, since, company_ids):
    """Give the SQL of the invoice lines by which a customer bought one of these products.

    An invoice counts that is posted and was not reversed in full; a contact is the customer
    if the invoice is in its name, or in that of one of its addresses and people.

    :param SQL customer: the id of the customer
    :param SQL products: the products, as something to stand behind IN; None means any
    :param since: the day of the first invoices that count
    :param company_ids: the companies whose invoices count
    """
    return SQL(
        "SELECT FROM %(lines)s AND move.commercial_partner_id = %(customer)s",
        lines=_lines(products, since, company_ids),
        customer=customer,
    )


def products_of(customer_ids, since, company_ids):
    """Give the SQL of the products that customers bought: one row for each of both."""
    return SQL(
        "SELECT DISTINCT move.commercial_partner_id, line.product_id FROM %(lines)s"
        " AND move.commercial_partner_id IN %(customers)s",
        lines=_lines(None, since, company_ids),
        customers=tuple(customer_ids),
    )


def _lines(products, since, company_ids):
    return SQL(
        "account_move_line line JOIN account_move move ON move.id = line.move_id"
        " WHERE %(which)s AND line.display_type = 'product'"
        " AND move.move_type IN %(moves)s AND move.state = 'posted'"
        " AND move.payment_state <> 'reversed' AND move.invoice_date >= %(since)s"
        " AND move.company_id IN %(companies)s",
        which=SQL("line.product_id IS NOT NULL")
        if products is None
        else SQL("line.product_id IN %s", products),
        moves=MOVES,
        since=since,
        companies=tuple(company_ids),
    )
