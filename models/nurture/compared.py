"""Who of those led and those held out can be compared, as SQL on an enrollment `e` of `q`.

Who counts?
    Each person once: the first time in, and not the row that a merge took out. Who came in since
    the goal and the hold-out share are what they are, else different times would be compared.
When?
    As soon as the goal has counted for its days: before, those who came in lately would look like
    failures. What is known of the goal is what the last look around saw.
What is success?
    The goal reached within these days, by whoever: also by who had left, and by who got nothing.
"""

from odoo.tools import SQL

#: Belongs to the comparison, sooner or later.
SUBJECT = SQL(
    "(e.round = 1 AND e.cause IS DISTINCT FROM 'merged'"
    " AND (q.compared_since IS NULL OR e.entered_at >= q.compared_since))"
)
#: Has been there long enough.
IN_TIME = SQL("e.entered_at + make_interval(days => q.goal_days) <= q.watched_at")
MATURE = SQL("(%s AND COALESCE(%s, FALSE))", SUBJECT, IN_TIME)
SUCCESS = SQL("COALESCE(e.goal_at <= e.entered_at + make_interval(days => q.goal_days), FALSE)")
