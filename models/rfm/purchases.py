"""The purchases of the customers, read from Odoo's posted documents, as SQL.

What is a document?
    A posted customer invoice, receipt or credit note, net of tax in the currency of the
    company; credit notes are negative.
What is a purchase?
    An invoice or receipt that was not fully reversed, and that is not a down payment whose
    final invoice is there: both are one sale, dated by the last of them.
What does a reversed invoice count for?
    For nothing. The credit note that reversed it is put on the day of the invoice, so that
    both are in the same window and their amounts cancel out.
What is known on a day of the past?
    What was dated up to that day: an invoice that was reversed later was a purchase then.
"""

from odoo.tools import SQL

SALES = ("out_invoice", "out_receipt")
REFUND = "out_refund"
DOCUMENTS = (*SALES, REFUND)


def purchase_rows(company_ids, as_of, categ_ids=(), only=None):
    """Give the query of the documents up to a day, one row for each document or line.

    Columns: `partner_id` (the commercial partner), `document`, `day`, `amount` and `bought`:
    the day again where it is a purchase, else NULL.

    :param company_ids: whose documents
    :param date as_of: the last day
    :param categ_ids: only the lines of products of these categories; empty: whole documents
    :param SQL only: which documents `m`; None: all
    """
    # OFFSET 0 keeps the planner from repeating the expressions in each aggregate above.
    return SQL(
        """
        SELECT m.commercial_partner_id AS partner_id,
               m.id AS document,
               %(day)s AS day,
               %(amount)s AS amount,
               CASE WHEN %(is_purchase)s THEN m.invoice_date END AS bought
          FROM %(documents)s
         WHERE m.state = 'posted' AND m.move_type IN %(types)s
           AND m.company_id IN %(companies)s
           AND m.invoice_date <= %(as_of)s
           AND m.commercial_partner_id IS NOT NULL
           AND %(only)s
        OFFSET 0
        """,
        amount=SQL("- l.balance") if categ_ids else SQL("m.amount_untaxed_signed"),
        is_purchase=_is_purchase(as_of),
        documents=_lines(categ_ids) if categ_ids else SQL("account_move m"),
        day=_counted_day(as_of),
        types=DOCUMENTS,
        companies=tuple(company_ids),
        as_of=as_of,
        only=only or SQL("TRUE"),
    )


def may_count_after(day):
    """Pick the documents whose amount may count after a day.

    A credit note may count on the day of its invoice, which is another one than its own.
    """
    return SQL("(m.invoice_date > %s OR m.reversed_entry_id IS NOT NULL)", day)


def dated_until(day):
    """Pick the documents that are dated up to a day."""
    return SQL("m.invoice_date <= %s", day)


def _lines(categ_ids):
    """Give the documents with their lines of products of these categories."""
    return SQL(
        """
        account_move m
          JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'product'
          JOIN product_product p ON p.id = l.product_id
          JOIN product_template t ON t.id = p.product_tmpl_id AND t.categ_id IN %s
        """,
        tuple(categ_ids),
    )


def _is_purchase(as_of):
    """Tell whether the document `m` is a purchase on that day."""
    return SQL(
        "m.move_type IN %(sales)s AND NOT %(reversed)s AND m.id NOT IN (%(advances)s)",
        sales=SALES,
        reversed=_is_reversed("m", as_of),
        advances=_followed_advances(as_of),
    )


def _is_reversed(alias, as_of):
    """Tell whether an invoice was fully reversed on that day, not only later."""
    return SQL(
        """
        (%(move)s.payment_state = 'reversed' AND %(move)s.id NOT IN (
            SELECT later.reversed_entry_id FROM account_move later
             WHERE later.invoice_date > %(as_of)s AND later.reversed_entry_id IS NOT NULL
               AND later.state = 'posted' AND later.move_type = %(refund)s))
        """,
        move=SQL.identifier(alias),
        as_of=as_of,
        refund=REFUND,
    )


def _counted_day(as_of):
    """Give the day whose amount the document `m` changes: of a full reversal that of the invoice.

    A look at the invoice of each credit note, which are few, costs less than a join of all
    documents, and does not depend on what the planner believes.
    """
    return SQL(
        """
        CASE WHEN m.move_type = %(refund)s AND m.reversed_entry_id IS NOT NULL
             THEN COALESCE((
                 SELECT invoice.invoice_date FROM account_move invoice
                  WHERE invoice.id = m.reversed_entry_id
                    AND %(reversed)s
             ), m.invoice_date)
             ELSE m.invoice_date END
        """,
        refund=REFUND,
        reversed=_is_reversed("invoice", as_of),
    )


def _followed_advances(as_of):
    """Give the down payments that another invoice of the same order has followed."""
    return SQL(
        """
        WITH billed AS (
            SELECT sold.order_id, bill.id, bill.invoice_date,
                   bool_and(sold.is_downpayment) AS is_advance
              FROM sale_order_line sold
              JOIN sale_order_line_invoice_rel link ON link.order_line_id = sold.id
              JOIN account_move_line item ON item.id = link.invoice_line_id
              JOIN account_move bill ON bill.id = item.move_id
             WHERE sold.order_id IN (SELECT order_id FROM sale_order_line WHERE is_downpayment)
               AND bill.state = 'posted' AND bill.move_type IN %(sales)s
               AND bill.invoice_date <= %(as_of)s
               AND NOT %(reversed)s
             GROUP BY sold.order_id, bill.id, bill.invoice_date
        )
        SELECT advance.id FROM billed advance
         WHERE advance.is_advance AND EXISTS (
             SELECT FROM billed final
              WHERE final.order_id = advance.order_id
                AND (final.invoice_date, final.id) > (advance.invoice_date, advance.id))
        """,
        sales=SALES,
        as_of=as_of,
        reversed=_is_reversed("bill", as_of),
    )


def own_partners():
    """Give the commercial partners that are companies of this database."""
    return SQL(
        "SELECT who.commercial_partner_id FROM res_company own"
        " JOIN res_partner who ON who.id = own.partner_id"
        " WHERE who.commercial_partner_id IS NOT NULL"
    )
