"""What a filter is made of: its conditions, wherever they are nested.

Plain functions on domains and on the fields of a registry.
"""

from odoo.fields import Domain

INNER = ("any", "not any")


def conditions(domain, prefix=""):
    """Give the path, operator and value of each condition, also of those within `any`.

    >>> list(conditions(Domain([("city", "=", "Lyon")])))
    [('city', '=', 'Lyon')]
    >>> list(conditions(Domain("child_ids", "any", [("city", "=", "Lyon")])))
    [('child_ids.city', '=', 'Lyon')]
    """
    for condition in domain.iter_conditions():
        path = prefix + condition.field_expr
        if condition.operator in INNER:
            yield from conditions(Domain(condition.value), path + ".")
        else:
            yield path, condition.operator, condition.value


def field_name(step):
    """Give the field of a step of a path, which may name a part of a date or a property.

    >>> field_name("create_date:month"), field_name("city")
    ('create_date', 'city')
    """
    return step.split(":")[0]


def missing_field(model, path):
    """Give the name of the first field of a path that does not exist, or None.

    :param model: the recordset where the path begins
    """
    for step in path.split("."):
        field = model._fields.get(field_name(step))
        if field is None:
            return step
        if not field.relational or field.comodel_name not in model.env:
            return None
        model = model.env[field.comodel_name]
    return None
