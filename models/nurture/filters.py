"""Reading the filters that people write: as plain values, never as code."""

import ast

from odoo.fields import Domain


def read(text):
    """Give the domain of a filter; an empty one is that of everybody.

    :raise ValueError: not a domain

    >>> read("[('name', '=', 'A')]")
    [('name', '=', 'A')]
    >>> read(False).is_true(), read("[]").is_true()
    (True, True)
    """
    try:
        return Domain(ast.literal_eval(text or "[]"))
    except (SyntaxError, TypeError) as error:
        raise ValueError(str(error)) from error


def is_set(text):
    """Tell whether a filter says anything.

    >>> is_set(False), is_set(" [] "), is_set("[('id', '=', 1)]")
    (False, False, True)
    """
    return bool(text) and text.strip() not in ("", "[]")


def names(text):
    """Give the names of the fields of the record itself that a filter asks about.

    >>> sorted(names("['|', ('user_id.name', '=', 'A'), ('priority', '=', '1')]"))
    ['priority', 'user_id']
    """
    return {one.field_expr.partition(".")[0] for one in read(text).iter_conditions()}
