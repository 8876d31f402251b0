"""Which openings and clicks no human can have made: those of mail scanners.

A scanner opens a mail, and follows its links, in the seconds after its delivery; it follows all
of them at once. Odoo keeps the moment of the delivery, of the opening and of each click, which
is enough to tell. The same rules as plain functions and as SQL.
"""

import re
from datetime import timedelta

from odoo.tools import SQL

#: So many different links within a burst are enough, however many the mail has.
MANY_LINKS = 5

#: Programs that look at mails and links on their way: scanners, previews, checks.
AGENTS = re.compile(
    r"barracuda|proofpoint|mimecast|symantec|messagelabs|trendmicro|sophos|fireeye|cisco ironport"
    r"|safelinks|bingpreview|googleimageproxy|yahoomailproxy|google-safety|mail\.ru|virustotal"
    r"|bot\b|crawler|spider|slurp|curl/|wget/|python-requests|python-urllib|go-http-client|okhttp"
    r"|headlesschrome|phantomjs|facebookexternalhit|whatsapp|telegram|linkpreview",
    re.IGNORECASE,
)


def is_known_agent(method, agent):
    """Tell whether a request gives itself away: it asks for the head only, or says who it is.

    >>> is_known_agent("HEAD", "Mozilla/5.0"), is_known_agent("GET", "Mozilla/5.0 (X11; Linux)")
    (True, False)
    >>> is_known_agent("GET", "python-requests/2.31"), is_known_agent("GET", "")
    (True, True)
    """
    return method == "HEAD" or not agent or bool(AGENTS.search(agent))


def is_too_fast(sent, date, seconds):
    """Tell whether something happened too soon after the delivery.

    >>> from datetime import datetime
    >>> noon = datetime(2026, 5, 1, 12)
    >>> is_too_fast(noon, noon + timedelta(seconds=2), 5)
    True
    >>> is_too_fast(noon, noon + timedelta(seconds=5), 5), is_too_fast(None, noon, 5)
    (False, False)
    """
    return sent is not None and date < sent + timedelta(seconds=seconds)


def burst_clicks(clicks, links, seconds):
    """Give the indexes of the clicks that are part of a burst.

    A burst is a time of at most `seconds` in which all links of the mail were followed, or very
    many; a mail with one link has none.

    :param clicks: of one mail to one person: list of (moment, link)
    :param int links: how many links the mail has

    >>> from datetime import datetime
    >>> at = lambda second: datetime(2026, 5, 1, 12, 0, second)
    >>> sorted(burst_clicks([(at(1), "a"), (at(2), "b"), (at(3), "c")], 3, 5))
    [0, 1, 2]
    >>> sorted(burst_clicks([(at(1), "a"), (at(30), "b"), (at(59), "c")], 3, 5))
    []
    >>> sorted(burst_clicks([(at(1), "a")], 1, 5))
    []
    """
    needed = max(2, min(links, MANY_LINKS))
    window = timedelta(seconds=seconds)
    found = set()
    for start, _link in clicks:
        inside = [i for i, (date, _) in enumerate(clicks) if start <= date <= start + window]
        if len({clicks[i][1] for i in inside}) >= needed:
            found.update(inside)
    return found


def is_bot_open(sent, opened, bot_clicks, delay, window):
    """Tell whether an opening is that of a program: too fast, or part of its clicking.

    >>> from datetime import datetime
    >>> noon = datetime(2026, 5, 1, 12)
    >>> is_bot_open(None, noon, [noon + timedelta(seconds=1)], 5, 5)
    True
    >>> is_bot_open(None, noon, [], 5, 5)
    False
    """
    near = timedelta(seconds=window)
    return is_too_fast(sent, opened, delay) or any(
        click - near <= opened <= click + near for click in bot_clicks
    )


#: Each trace `t` with its clicks: which are those of programs, and when these were.
TOUCHED = """
    SELECT t.id, t.sent_datetime AS sent, t.open_datetime AS opened,
           t.links_click_datetime AS clicked, judged.ids, judged.bots, judged.bot_dates
      FROM mailing_trace t
      LEFT JOIN (
           SELECT l.mass_mailing_id, GREATEST(2, LEAST(count(*), %(many)s)) AS needed
             FROM link_tracker l WHERE l.mass_mailing_id IS NOT NULL GROUP BY 1
      ) mail ON mail.mass_mailing_id = t.mass_mailing_id
      LEFT JOIN LATERAL (
           SELECT array_agg(c.id) AS ids, array_agg(c.create_date) AS dates,
                  array_agg(c.link_id) AS links, array_agg(COALESCE(c.is_bot, FALSE)) AS known
             FROM link_tracker_click c WHERE c.mailing_trace_id = t.id
      ) click ON TRUE
      LEFT JOIN LATERAL (
           SELECT array_agg(first.date) AS starts
             FROM (SELECT DISTINCT unnest(click.dates) AS date) first
            WHERE cardinality(click.dates) > 1 AND COALESCE(mail.needed, 2) <= (
                  SELECT count(DISTINCT o.link)
                    FROM unnest(click.dates, click.links) o (date, link)
                   WHERE o.date BETWEEN first.date AND first.date + %(window)s)
      ) burst ON TRUE
      LEFT JOIN LATERAL (
           SELECT array_agg(x.id) AS ids, array_agg(x.is_bot) AS bots,
                  array_agg(x.date) FILTER (WHERE x.is_bot) AS bot_dates
             FROM (SELECT o.id, o.date,
                          o.known OR COALESCE(o.date < t.sent_datetime + %(delay)s, FALSE)
                          OR EXISTS (SELECT FROM unnest(burst.starts) s (date)
                                      WHERE o.date BETWEEN s.date AND s.date + %(window)s)
                             AS is_bot
                     FROM unnest(click.ids, click.dates, click.known) o (id, date, known)) x
      ) judged ON TRUE
     WHERE t.id IN (%(traces)s)
"""

#: Whether a program opened a mail, or made the last click that its trace tells.
OPENED_BY_BOT = """
    (COALESCE(t.opened < t.sent + %(delay)s, FALSE) OR EXISTS (
     SELECT FROM unnest(t.bot_dates) b (date)
      WHERE t.opened BETWEEN b.date - %(window)s AND b.date + %(window)s))
"""
CLICKED_BY_BOT = "COALESCE(t.clicked < t.sent + %(delay)s, FALSE)"


def verdicts_sql(traces, delay, window):
    """Give what `traces` were touched by: ``kind, res_id, trace_id, is_bot``.

    Kind is `click` (a row of link.tracker.click), `clicked` (the trace's own last click) or
    `opened`. Each trace is judged from all its clicks, and these are gathered trace by trace: so
    the cost does not rise with the square of the traces.

    :param SQL traces: a query of the ids of the traces
    """
    return _filled(
        """
        WITH touched AS MATERIALIZED (%(touched)s)
        SELECT 'click' AS kind, x.id AS res_id, t.id AS trace_id, x.is_bot
          FROM touched t CROSS JOIN LATERAL unnest(t.ids, t.bots) x (id, is_bot)
         UNION ALL
        SELECT 'clicked', t.id, t.id, %(clicked_by_bot)s FROM touched t WHERE t.clicked IS NOT NULL
         UNION ALL
        SELECT 'opened', t.id, t.id, %(opened_by_bot)s FROM touched t WHERE t.opened IS NOT NULL
        """,
        traces,
        delay,
        window,
    )


def humans_sql(traces, delay, window):
    """Give one row for each of `traces`: ``trace_id, opened, clicked``, by a human.

    The click that the trace tells counts where the rows of its clicks are gone.
    """
    return _filled(
        """
        SELECT t.id AS trace_id, t.opened IS NOT NULL AND NOT %(opened_by_bot)s AS opened,
               CASE WHEN t.ids IS NOT NULL THEN FALSE = ANY(t.bots)
                    ELSE t.clicked IS NOT NULL AND NOT %(clicked_by_bot)s END AS clicked
          FROM (%(touched)s) t
        """,
        traces,
        delay,
        window,
    )


def _filled(query, traces, delay, window):
    values = {"delay": timedelta(seconds=delay), "window": timedelta(seconds=window)}
    return SQL(
        query,
        touched=SQL(TOUCHED, traces=traces, many=MANY_LINKS, **values),
        opened_by_bot=SQL(OPENED_BY_BOT, **values),
        clicked_by_bot=SQL(CLICKED_BY_BOT, delay=values["delay"]),
    )
