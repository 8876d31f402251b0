"""Leads that were won or lost, as they were before the end: the SQL of the backtest."""

from odoo.tools import SQL


def moments(since, days_before):
    """Give the closed leads and the day before their end at which they are scored.

    :param datetime since: leads that were closed before are too old
    """
    return SQL(
        """
        SELECT l.id, l.partner_id, l.won_status = 'won' AS won,
               COALESCE(l.date_closed, l.write_date) AS closed,
               COALESCE(l.date_closed, l.write_date)::date - %(days)s AS as_of
          FROM crm_lead l
         WHERE l.won_status IN ('won', 'lost')
           AND COALESCE(l.date_closed, l.write_date) >= %(since)s
        """,
        days=days_before,
        since=since,
    )


def touches_until():
    """Give the touchpoints of each lead up to its day; its own, and those of its contact.

    On the day of its end: those before that moment, or the order would foretell the order.
    """
    columns = SQL("m.id AS key, m.as_of, t.event, t.channel_id, t.direction, t.date")
    known = SQL("NOT t.is_bot AND t.date < LEAST(m.as_of + 1, m.closed)")
    return SQL(
        """
        SELECT %(columns)s FROM moment m JOIN crm_touchpoint t ON t.lead_id = m.id
         WHERE %(known)s
        UNION ALL
        SELECT %(columns)s FROM moment m JOIN crm_touchpoint t ON t.partner_id = m.partner_id
         WHERE t.lead_id IS NULL AND %(known)s
        """,
        columns=columns,
        known=known,
    )


def outcome():
    """Give each lead with its score, its outcome, and what Odoo had predicted by then."""
    return SQL(
        """
        s.score, m.won, odoo.odoo_probability AS predicted
          FROM scored s
          JOIN moment m ON m.id = s.record_id
          LEFT JOIN LATERAL (
            SELECT h.odoo_probability FROM crm_score_history h
             WHERE h.lead_id = m.id AND h.date < m.as_of + 1
             ORDER BY h.date DESC LIMIT 1
          ) odoo ON TRUE
        """
    )
