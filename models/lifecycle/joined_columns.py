"""Fields whose values stand in a side table that is joined in by `_field_to_sql`.

A concept declares its fields here, and one `_field_to_sql` looks them up: it is called for every
column of every form, and an override per concept would be felt there.
"""

from odoo.fields import Domain

#: field -> name of the method that gives its SQL, called as `_field_to_sql`
METHODS = {}


def declare(method, names):
    """Say which method gives the SQL of fields that are no columns.

    :param str method: a method of the models that have the fields, called with the alias of the
        table, the field and the query
    :param names: names of the fields
    """
    METHODS.update(dict.fromkeys(names, method))


def condition(model, name, operator, value):
    """Compare a field with a value as if it were a column, by the rules of its own type.

    For the `search` of the field. Names and sub-domains of a many2one become ids.

    :param model: the model of the field
    :param str name: the field
    :return: a Domain; NotImplemented for the negative operators, which Odoo turns around
    """
    if operator in Domain.NEGATIVE_OPERATORS:
        return NotImplemented
    field = model._fields[name]
    if field.type == "many2one" and (isinstance(value, str) or operator in ("any", "any!")):
        value, operator = _matching_ids(model.env[field.comodel_name], operator, value), "in"
    return Domain.custom(
        to_sql=lambda target, alias, query: field.condition_to_sql(
            name, operator, value, target, alias, query
        )
    )


def _matching_ids(records, operator, value):
    """Give the ids of the records that a name or a domain means."""
    domain = value if operator in ("any", "any!") else [("display_name", operator, value)]
    return records.search(domain).ids
