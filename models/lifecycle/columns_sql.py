"""Lists of columns as SQL: for statements that compare what should be with what is there.

The refreshes of side tables write only rows that differ. What they have in common is here; what
each of them compares, and what follows, stands in its own module.
"""

from odoo.tools import SQL


def listed(names, alias=None):
    """Give columns, of one table where an alias is given.

    >>> listed(("score", "fit"), "new").code
    '"new"."score", "new"."fit"'
    """
    return SQL(", ").join(
        SQL.identifier(alias, name) if alias else SQL.identifier(name) for name in names
    )


def assigned(names, alias):
    """Give what follows SET: each column gets the one of the same name of another table.

    >>> assigned(("score", "fit"), "d").code
    '"score" = "d"."score", "fit" = "d"."fit"'
    """
    return SQL(", ").join(
        SQL("%s = %s", SQL.identifier(name), SQL.identifier(alias, name)) for name in names
    )


def differ(names, one, other):
    """Tell whether two rows differ in any of the columns; a row that is missing differs.

    >>> differ(("score", "fit"), "new", "old").code
    '("new"."score", "new"."fit") IS DISTINCT FROM ("old"."score", "old"."fit")'
    """
    return SQL("(%s) IS DISTINCT FROM (%s)", listed(names, one), listed(names, other))
