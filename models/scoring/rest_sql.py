"""Who is put to rest, and who is not any more, as SQL: mails without any reaction."""

from odoo.tools import SQL

from .score_sql import NO_SIGN_OF_LIFE

MAIL_CHANNELS = ("mailing", "email")


def silences(key, allowed):
    """Give who got mails since the last reaction, or since it was woken: how many, since when.

    :param SQL key: the column of the touchpoints that says whose they are
    :param SQL allowed: the ids of the records that may be put to rest
    """
    return SQL(
        """
        SELECT t.%(key)s AS record_id, count(*) AS mails, min(t.date) AS first_date
          FROM crm_touchpoint t
          JOIN crm_touchpoint_channel c ON c.id = t.channel_id AND c.code IN %(channels)s
          LEFT JOIN (
                SELECT %(key)s AS id, max(date) AS date FROM crm_touchpoint
                 WHERE %(reaction)s AND %(key)s IS NOT NULL GROUP BY 1
          ) reaction ON reaction.id = t.%(key)s
          LEFT JOIN (
                SELECT %(key)s AS id, max(end_date) AS date FROM crm_score_rest
                 WHERE %(key)s IS NOT NULL GROUP BY 1
          ) woken ON woken.id = t.%(key)s
         WHERE t.event = 'sent' AND t.%(key)s IN (%(allowed)s)
           AND t.date > COALESCE(GREATEST(reaction.date, woken.date), '-infinity')
         GROUP BY 1
        """,
        key=key,
        channels=MAIL_CHANNELS,
        reaction=reaction(),
        allowed=allowed,
    )


def reaction():
    """Give the condition of touchpoints that are reactions."""
    return SQL("NOT is_bot AND direction = 'inbound' AND event NOT IN %s", NO_SIGN_OF_LIFE)


def put_to_rest(key, allowed, mails, before, at):
    """Give the statement that puts the silent to rest; it returns the ids of the records.

    :param datetime before: the first of the mails is older than this
    """
    return SQL(
        "INSERT INTO crm_score_rest (%(key)s, date, mails, silent_since)"
        " SELECT record_id, %(at)s, mails, first_date FROM (%(silences)s) s"
        " WHERE mails >= %(mails)s AND first_date <= %(before)s"
        " ON CONFLICT DO NOTHING RETURNING %(key)s",
        key=key,
        at=at,
        silences=silences(key, allowed),
        mails=mails,
        before=before,
    )


def wake(key, at):
    """Give the statement that ends the rest of those who reacted; it returns their ids."""
    return SQL(
        "UPDATE crm_score_rest r SET end_date = %(at)s, end_cause = 'reaction'"
        " WHERE r.end_date IS NULL AND r.%(key)s IS NOT NULL AND EXISTS ("
        "  SELECT FROM crm_touchpoint t WHERE t.%(key)s = r.%(key)s AND t.date > r.silent_since"
        "  AND %(reaction)s) RETURNING r.%(key)s",
        key=key,
        at=at,
        reaction=reaction(),
    )
