"""The score of many records as SQL: what each rule gives, the parts, the score.

The refresh, the receipt, the preview and the backtest all read `scored`, so that none of them can
disagree. Rules come as `Rule`, records of the database or not: a preview asks for rules that
nobody has saved.

    touch      one row per person: what the touchpoints of each rule still weigh
    component  one row per record: the points of all rules, added up and limited
    scored     one row per record: the score and its temperature
"""

from typing import NamedTuple

from odoo.exceptions import UserError
from odoo.tools import SQL

from ..touchpoint.events import NO_CREDIT as NO_SIGN_OF_LIFE
from .components import HIGHEST, LOWEST
from .decay import TOLERANCE

#: What a filter ends in that Odoo cannot read.
BROKEN = (ValueError, TypeError, KeyError, AttributeError, SyntaxError, UserError)


class Rule(NamedTuple):
    """What the statement needs of a rule; `condition` is the domain of the rule as SQL."""

    id: int
    component: str
    kind: str
    points: int
    max_points: int = 0
    half_life_days: int = 0
    window_days: int = 0
    channel_id: int = 0
    event: str = ""
    direction: str = ""
    company_id: int = 0
    condition: SQL = None


class Policy(NamedTuple):
    """Weights and thresholds, as the statement needs them."""

    weight_fit: int
    weight_engagement: int
    weight_qualification: int
    junk_below: int
    warm_from: int
    hot_from: int


def name(prefix, rule):
    """Name a column of a rule."""
    return SQL.identifier(f"{prefix}{rule.id}")


def touches(rules, source, as_of, details=False):
    """Add up the touchpoints of each person: a column for each rule that reads them.

    :param SQL source: rows of key, channel_id, event, direction, date
    :param SQL as_of: the day of the score; may be a column of the source
    :param bool details: also count the touchpoints and give the date of the last
    """
    columns = [SQL("%s AS %s", _weight(rule, as_of), name("w", rule)) for rule in rules]
    if details:
        for rule in rules:
            matching = _matching(rule, as_of)
            columns += [
                SQL("count(*) FILTER (WHERE %s) AS %s", matching, name("n", rule)),
                SQL("max(t.date) FILTER (WHERE %s) AS %s", matching, name("d", rule)),
            ]
    return SQL(
        "SELECT t.key, %s FROM (%s) t GROUP BY t.key",
        SQL(", ").join(columns or [SQL("NULL")]),
        source,
    )


def _weight(rule, as_of):
    """Add up what is left of the events of a rule; of a silence: count the signs of life."""
    matching = _matching(rule, as_of)
    if rule.kind == "silence" or not rule.half_life_days:
        return SQL("sum(1::float8) FILTER (WHERE %s)", matching)
    return SQL(
        "sum(power(0.5::float8, GREATEST(%s - t.date::date, 0) * %s::float8)) FILTER (WHERE %s)",
        as_of,
        1 / rule.half_life_days,
        matching,
    )


def _matching(rule, as_of):
    """Give the condition of the touchpoints that count for a rule."""
    conditions = []
    if rule.kind == "silence":
        conditions.append(SQL("t.direction = 'inbound' AND t.event NOT IN %s", NO_SIGN_OF_LIFE))
    else:
        conditions += [
            SQL("%s = %s", SQL.identifier("t", column), value)
            for column, value in (
                ("event", rule.event),
                ("channel_id", rule.channel_id),
                ("direction", rule.direction),
            )
            if value
        ]
    if rule.window_days:
        conditions.append(SQL("t.date >= %s - %s", as_of, rule.window_days))
    return SQL(" AND ").join(conditions or [SQL("TRUE")])


def horizons(rules):
    """Say how far back which events are read: pairs of days and events, the nearest first.

    Days are 0 where there is no end, events are None where each of them may count. An event that
    one rule reads for 90 days and another one for 180 is read for 180.

    >>> click = Rule(1, "engagement", "touchpoint", 5, event="clicked", window_days=90)
    >>> opening = click._replace(event="opened", window_days=30)
    >>> horizons([click, opening])
    [(30, ('clicked', 'opened')), (90, ('clicked',))]
    >>> horizons([click, opening._replace(window_days=0)])
    [(90, ('clicked', 'opened')), (0, ('opened',))]
    >>> horizons([click, opening._replace(event="")])
    [(30, None), (90, ('clicked',))]
    """
    forever = float("inf")
    found = []
    for days in sorted({rule.window_days or forever for rule in rules}):
        readers = [rule for rule in rules if (rule.window_days or forever) >= days]
        every = any(not rule.event for rule in readers)
        events = None if every else tuple(sorted({rule.event for rule in readers}))
        found.append((0 if days == forever else days, events))
    return found


def read_condition(rules, as_of):
    """Give the condition of the touchpoints that any rule may read, so that no other is grouped."""
    silences = [rule for rule in rules if rule.kind == "silence"]
    conditions = [
        SQL("(date >= %s - %s AND direction = 'inbound')", as_of, rule.window_days)
        for rule in silences
    ]
    for days, events in horizons([rule for rule in rules if rule.kind != "silence"]):
        parts = [SQL("date >= %s - %s", as_of, days)] if days else []
        parts += [SQL("event IN %s", events)] if events else []
        conditions.append(SQL("(%s)", SQL(" AND ").join(parts or [SQL("TRUE")])))
    anything = SQL("(%s)", SQL(" OR ").join(conditions or [SQL("FALSE")]))
    if not all(rule.window_days for rule in rules):
        return anything
    # most touchpoints are older than all windows: one comparison puts them aside
    longest = max((rule.window_days for rule in rules), default=0)
    return SQL("date >= %s - %s AND %s", as_of, longest, anything)


def points(rule, alias, as_of, sides):
    """Give the whole points of a rule for a record.

    :param alias: of the record's table
    :param sides: the aliases of the touchpoints: its own, and those of its contact
    """
    if rule.kind == "domain":
        value = SQL("CASE WHEN %s THEN %s ELSE 0 END", rule.condition, rule.points)
    elif rule.kind == "silence":
        value = _silence_points(rule, alias, as_of, sides)
    else:
        value = _touch_points(rule, sides)
    if rule.company_id:
        company = SQL.identifier(alias, "company_id")
        return SQL("CASE WHEN %s = %s THEN %s ELSE 0 END", company, rule.company_id, value)
    return value


def weight(rule, sides, prefix="w"):
    """Add up a column of the touchpoints of a rule over its sides."""
    return SQL(" + ").join(
        SQL("COALESCE(%s.%s, 0)", SQL.identifier(side), name(prefix, rule)) for side in sides
    )


def _touch_points(rule, sides):
    """Weigh, limit and round the points of the events of a rule; most records have none."""
    nothing = SQL(" AND ").join(
        SQL("%s.%s IS NULL", SQL.identifier(side), name("w", rule)) for side in sides
    )
    value = SQL("(%s) * %s", weight(rule, sides), rule.points)
    if rule.max_points:
        value = SQL("LEAST(GREATEST(%s, %s), %s)", value, -rule.max_points, rule.max_points)
    return SQL(
        "CASE WHEN %s THEN 0 ELSE floor(%s + %s::float8)::int END",
        nothing,
        value,
        0.5 + TOLERANCE,
    )


def _silence_points(rule, alias, as_of, sides):
    """Give the points of who is known for long enough and gave no sign of life."""
    return SQL(
        "CASE WHEN %s < %s - %s AND %s = 0 THEN %s ELSE 0 END",
        SQL.identifier(alias, "create_date"),
        as_of,
        rule.window_days,
        weight(rule, sides),
        rule.points,
    )


def component(rules, part, all_points):
    """Add up the points of a part within its limits; NULL without any rule for it.

    :param dict all_points: rule id -> its points as SQL
    """
    terms = [SQL("(%s)", all_points[rule.id]) for rule in rules if rule.component == part]
    if not terms:
        return SQL("NULL::int")
    return SQL("LEAST(GREATEST(%s, %s), %s)", SQL(" + ").join(terms), LOWEST, HIGHEST)


def scored(policy):
    """Give the score and its temperature of the rows of `component`; see `components`."""
    weights = [
        (SQL.identifier(part), value)
        for part, value in zip(("fit", "engagement", "qualification"), policy[:3], strict=True)
    ]
    total = SQL(" + ").join(SQL("%s * COALESCE(%s, 0)", value, part) for part, value in weights)
    whole = SQL(" + ").join(
        SQL("CASE WHEN %s IS NULL THEN 0 ELSE %s END", part, value) for part, value in weights
    )
    return SQL(
        """
        SELECT c.*,
               CASE WHEN score < %(junk)s THEN 'junk' WHEN score >= %(hot)s THEN 'hot'
                    WHEN score >= %(warm)s THEN 'warm' ELSE 'cold' END AS temperature
          FROM (
            SELECT *, COALESCE((2 * (%(total)s) + (%(whole)s)) / NULLIF(2 * (%(whole)s), 0), 0)
                      AS score
              FROM component OFFSET 0
          ) c
        """,
        total=total,
        whole=whole,
        junk=policy.junk_below,
        warm=policy.warm_from,
        hot=policy.hot_from,
    )
