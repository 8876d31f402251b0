"""The arithmetic of `verdict` as SQL over the columns of `crm_lead`, for many leads at once."""

from odoo.tools import SQL

from .criteria import DEFAULT, FRAMEWORKS, short


def columns(frameworks, alias):
    """Give the columns of `criteria.RESULTS`, in their order.

    :param dict frameworks: code -> `verdict.Framework`
    :param str alias: how the query calls `crm_lead`
    """
    scores = {code: score(frameworks[code], alias) for code in FRAMEWORKS}
    chosen = {
        "qualification_score": scores,
        "qualification_state": {c: state(frameworks[c], scores[c], alias) for c in FRAMEWORKS},
        "qualification_missing": {c: missing(frameworks[c], alias) for c in FRAMEWORKS},
    }
    named = {"bant_score": scores["bant"], "champ_score": scores["champ"]} | {
        name: of_chosen(expressions, alias) for name, expressions in chosen.items()
    }
    return SQL(", ").join(
        SQL("%s AS %s", expression, SQL.identifier(name)) for name, expression in named.items()
    )


def of_chosen(expressions, alias):
    """Give the expression of the framework that decides on each lead."""
    cases = [
        SQL("WHEN %s THEN %s", code, expression)
        for code, expression in expressions.items()
        if code != DEFAULT
    ]
    return SQL(
        "CASE %s %s ELSE %s END",
        SQL.identifier(alias, "qualification_framework"),
        SQL(" ").join(cases),
        expressions[DEFAULT],
    )


def score(framework, alias):
    """Give the score, rounded half up like `verdict.score`."""
    total = sum(criterion.weight for criterion in framework.criteria)
    reached = SQL(" + ").join(
        SQL(
            "%s * CASE %s WHEN 'confirmed' THEN 100 WHEN 'partial' THEN %s ELSE 0 END",
            criterion.weight,
            SQL.identifier(alias, criterion.name),
            framework.partial_share,
        )
        for criterion in framework.criteria
    )
    return SQL("((2 * (%s) + %s) / %s)", reached, total, 2 * total)


def state(framework, score_of_lead, alias):
    """Give the verdict, see `verdict.state`."""
    knockouts = [criterion.name for criterion in framework.criteria if criterion.knockout]
    names = [criterion.name for criterion in framework.criteria]
    return SQL(
        "CASE WHEN %s THEN 'disqualified'"
        " WHEN %s >= %s AND NOT %s THEN 'qualified'"
        " WHEN %s IS NOT NULL THEN 'partial' ELSE 'open' END",
        refused(knockouts, alias),
        score_of_lead,
        framework.threshold,
        refused(names, alias),
        SQL("COALESCE(%s)", SQL(", ").join(SQL.identifier(alias, name) for name in names)),
    )


def refused(names, alias):
    """Give whether one of these criteria was answered with no."""
    answers = [SQL("%s IS NOT DISTINCT FROM 'no'", SQL.identifier(alias, name)) for name in names]
    return SQL("(%s)", SQL(" OR ").join(answers)) if answers else SQL("FALSE")


def missing(framework, alias):
    """Give the short names of the criteria without an answer, as `verdict.results` does."""
    names = SQL(", ").join(
        SQL("CASE WHEN %s IS NULL THEN %s END", SQL.identifier(alias, c.name), short(c.name))
        for c in framework.criteria
    )
    return SQL("NULLIF(concat_ws(', ', %s), '')", names)
