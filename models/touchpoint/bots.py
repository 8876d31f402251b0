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


def verdicts_sql(traces, delay, window):
    """Give what `traces` were touched by: ``kind, res_id, trace_id, is_bot``.

    Kind is `click` (a row of link.tracker.click), `clicked` (the trace's own last click) or
    `opened`. Each trace is judged from all its clicks.

    :param SQL traces: a query of the ids of the traces
    """
    return SQL(
        """
        WITH trace AS MATERIALIZED (
            SELECT t.id, t.mass_mailing_id, t.sent_datetime AS sent, t.open_datetime AS opened,
                   t.links_click_datetime AS clicked
              FROM mailing_trace t WHERE t.id IN (%(traces)s)
        ), click AS MATERIALIZED (
            SELECT c.id, c.mailing_trace_id AS trace_id, c.create_date AS date, c.link_id,
                   trace.sent, trace.mass_mailing_id, COALESCE(c.is_bot, FALSE) AS known
              FROM link_tracker_click c JOIN trace ON trace.id = c.mailing_trace_id
        ), mail AS (
            SELECT m.mass_mailing_id, GREATEST(2, LEAST(count(l.id), %(many)s)) AS needed
              FROM (SELECT DISTINCT mass_mailing_id FROM click) m
              LEFT JOIN link_tracker l ON l.mass_mailing_id = m.mass_mailing_id
             GROUP BY m.mass_mailing_id
        ), burst AS (
            SELECT first.trace_id, first.date
              FROM (SELECT DISTINCT trace_id, date, mass_mailing_id FROM click) first
              JOIN click c ON c.trace_id = first.trace_id
                          AND c.date BETWEEN first.date AND first.date + %(window)s
              JOIN mail ON mail.mass_mailing_id IS NOT DISTINCT FROM first.mass_mailing_id
             GROUP BY first.trace_id, first.date, mail.needed
            HAVING count(DISTINCT c.link_id) >= mail.needed
        ), in_burst AS (
            SELECT DISTINCT c.id
              FROM click c
              JOIN burst b ON b.trace_id = c.trace_id
                          AND c.date BETWEEN b.date AND b.date + %(window)s
        ), judged AS MATERIALIZED (
            SELECT c.id, c.trace_id, c.date,
                   c.known OR COALESCE(c.date < c.sent + %(delay)s, FALSE)
                   OR i.id IS NOT NULL AS is_bot
              FROM click c LEFT JOIN in_burst i ON i.id = c.id
        ), near AS (
            SELECT DISTINCT t.id
              FROM trace t
              JOIN judged j ON j.trace_id = t.id AND j.is_bot
                           AND t.opened BETWEEN j.date - %(window)s AND j.date + %(window)s
        )
        SELECT 'click' AS kind, j.id AS res_id, j.trace_id, j.is_bot FROM judged j
         UNION ALL
        SELECT 'clicked', t.id, t.id, COALESCE(t.clicked < t.sent + %(delay)s, FALSE)
          FROM trace t WHERE t.clicked IS NOT NULL
         UNION ALL
        SELECT 'opened', t.id, t.id,
               COALESCE(t.opened < t.sent + %(delay)s, FALSE) OR near.id IS NOT NULL
          FROM trace t LEFT JOIN near ON near.id = t.id WHERE t.opened IS NOT NULL
        """,
        traces=traces,
        many=MANY_LINKS,
        delay=timedelta(seconds=delay),
        window=timedelta(seconds=window),
    )
