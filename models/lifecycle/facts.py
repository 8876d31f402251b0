"""What Odoo already knows about a person's way: the dated facts, as SQL.

Each function gives a query with the columns of `COLUMNS`: the record it is about, when it
happened, whose it was, and since when Odoo knows of it (an invoice of last year may be entered
today). Rules ask them for what has happened since, the first install
asks them for the whole past. Facts are read, never copied.
"""

from odoo.tools import SQL

ATTRIBUTION = ("user_id", "team_id", "company_id", "source_id", "medium_id", "campaign_id")
COLUMNS = ("record_id", "at", *ATTRIBUTION, "known_at")

SALES_MOVES = ("out_invoice", "out_receipt")


def attribution(alias, user_column="user_id"):
    """Give the columns that say whose a document was, the same on orders, invoices, leads."""
    return SQL(", ").join(SQL.identifier(alias, name) for name in (user_column, *ATTRIBUTION[1:]))


def attribution_values(document, user_field="user_id"):
    """Give the values of a transition that say whose a document was, as far as it has them."""
    fields = dict(zip(ATTRIBUTION, (user_field, *ATTRIBUTION[1:]), strict=True))
    return {name: document[field].id for name, field in fields.items() if field in document._fields}


def lead_orders(states):
    """Give the facts of leads whose quotations or orders are in one of these states."""
    return SQL(
        "SELECT o.opportunity_id AS record_id, %(at)s AS at, %(whose)s,"
        " o.create_date AS known_at"
        " FROM sale_order o WHERE o.opportunity_id IS NOT NULL AND o.state IN %(states)s",
        at=_order_date(states),
        whose=attribution("o"),
        states=states,
    )


def partner_orders(states):
    """Give the facts of contacts, and of their companies, with orders in these states."""
    return SQL(
        "SELECT who.id AS record_id, %(at)s AS at, %(whose)s, o.create_date AS known_at"
        " FROM sale_order o JOIN res_partner c ON c.id = o.partner_id %(expand)s"
        " WHERE o.state IN %(states)s",
        at=_order_date(states),
        whose=attribution("o"),
        expand=contact_and_company(SQL("c.id"), SQL("c.commercial_partner_id")),
        states=states,
    )


def partner_invoices():
    """Give the facts of contacts, and of their companies, with posted invoices or receipts.

    An invoice that was fully reversed counts for nothing. Noon is the hour of an
    invoice, so that it is the same day in all zones from -12 to +11 hours.
    """
    return SQL(
        "SELECT who.id AS record_id, m.invoice_date + INTERVAL '12 hours' AS at, %(whose)s,"
        " m.create_date AS known_at"
        " FROM account_move m %(expand)s"
        " WHERE m.state = 'posted' AND m.move_type IN %(moves)s"
        " AND m.payment_state != 'reversed' AND m.invoice_date IS NOT NULL",
        whose=attribution("m", "invoice_user_id"),
        expand=contact_and_company(SQL("m.partner_id"), SQL("m.commercial_partner_id")),
        moves=SALES_MOVES,
    )


def won_leads():
    """Give the facts of contacts, and of their companies, whose leads were won."""
    return SQL(
        "SELECT who.id AS record_id, d.at, %(whose)s, d.at AS known_at"
        " FROM crm_lead l JOIN res_partner c ON c.id = l.partner_id %(expand)s"
        " CROSS JOIN LATERAL (SELECT COALESCE(l.date_closed, l.write_date) AS at) d"
        " WHERE l.won_status = 'won'",
        whose=attribution("l"),
        expand=contact_and_company(SQL("c.id"), SQL("c.commercial_partner_id")),
    )


def partner_purchases():
    """Give all that makes a contact a customer: confirmed orders, posted invoices, won leads.

    Won leads count for companies that neither order nor invoice in Odoo.
    """
    return SQL(
        "%s UNION ALL %s UNION ALL %s", partner_orders(("sale",)), partner_invoices(), won_leads()
    )


def known_values(values):
    """Keep the values that say something, so that an empty one hides no other.

    >>> known_values({"source_id": 3, "campaign_id": False})
    {'source_id': 3}
    """
    return {name: value for name, value in values.items() if value}


def opportunities():
    """Give the facts of leads that are opportunities, dated by their conversion."""
    return SQL(
        "SELECT l.id AS record_id, d.at, %s, d.at AS known_at"
        " FROM crm_lead l"
        " CROSS JOIN LATERAL (SELECT COALESCE(l.date_conversion, l.create_date) AS at) d"
        " WHERE l.type = 'opportunity'",
        attribution("l"),
    )


def pipeline_entries(stage_ids):
    """Give the facts of opportunities that stand in one of these pipeline stages."""
    return SQL(
        "SELECT l.id AS record_id, l.date_last_stage_update AS at, %s,"
        " l.date_last_stage_update AS known_at"
        " FROM crm_lead l WHERE l.type = 'opportunity' AND l.stage_id = ANY(%s)",
        attribution("l"),
        list(stage_ids),
    )


def responses(model, table):
    """Give the facts of records whose person clicked, answered, wrote or asked.

    Clicks and replies are those of mailings; mails are those received on the record from its
    own address; a request is a lead that has shown interest, with the same e-mail address.

    :param str model: crm.lead or res.partner
    :param str table: its table
    """
    nobody = SQL(", ").join(SQL("NULL::int AS %s", SQL.identifier(name)) for name in ATTRIBUTION)
    return SQL(
        "SELECT t.res_id AS record_id, d.at, %(nobody)s, d.at AS known_at"
        " FROM mailing_trace t"
        " CROSS JOIN LATERAL (VALUES (t.links_click_datetime), (t.reply_datetime)) d (at)"
        " WHERE t.model = %(model)s AND d.at IS NOT NULL"
        " UNION ALL SELECT m.res_id, m.date, %(nobody)s, m.date FROM mail_message m"
        " JOIN %(table)s r ON r.id = m.res_id"
        " WHERE m.model = %(model)s AND m.message_type = 'email'"
        " AND position(r.email_normalized IN lower(m.email_from)) > 0"
        " UNION ALL SELECT s.id, l.create_date, %(lead)s, l.create_date FROM %(table)s s"
        " JOIN crm_lead l ON l.email_normalized = s.email_normalized"
        " WHERE s.lifecycle_kind = 'suspect'"
        " AND l.lifecycle_kind IN ('lead', 'prospect', 'customer')"
        " AND (l.company_id IS NULL OR s.company_id IS NULL OR l.company_id = s.company_id)",
        nobody=nobody,
        model=model,
        lead=attribution("l"),
        table=SQL.identifier(table),
    )


def inactive_customers(months, default_months):
    """Give the customers whose last purchase is too old, with the day they became former.

    The purchases of the whole company count for each of its contacts. Who became a
    customer later than the last known purchase has the time again from that day.

    :param int months: the limit of the rule; 0: that of the contact's company
    :param int default_months: the limit for contacts that belong to no company of ours
    """
    limit = SQL(
        "make_interval(months => COALESCE(NULLIF(%s, 0), rc.lifecycle_former_months, %s))",
        months,
        default_months,
    )
    return SQL(
        "SELECT p.id AS record_id, GREATEST(p.lifecycle_date, f.at) + %(limit)s AS at"
        " FROM res_partner p"
        " LEFT JOIN res_company rc ON rc.id = p.company_id"
        " LEFT JOIN ("
        "   SELECT record_id, MAX(at) AS at FROM (%(purchases)s) s GROUP BY record_id"
        " ) f ON f.record_id = p.commercial_partner_id"
        " WHERE p.lifecycle_kind = 'customer'"
        " AND GREATEST(p.lifecycle_date, f.at) + %(limit)s <= now() AT TIME ZONE 'UTC'",
        limit=limit,
        purchases=partner_purchases(),
    )


def _order_date(states):
    """Give the moment of an order, or of the quotation it was before.

    `date_order` is set again by the confirmation; an imported order is older than its row.
    """
    if states == ("sale",):
        return SQL("o.date_order")
    return SQL("LEAST(o.date_order, o.create_date)")


def contact_and_company(contact, company):
    """Double each row: once for the contact on the document, once for its company."""
    return SQL(
        "CROSS JOIN LATERAL (SELECT %(contact)s AS id UNION SELECT %(company)s) who",
        contact=contact,
        company=company,
    )
