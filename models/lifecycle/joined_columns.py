"""Fields whose values stand in a side table that is joined in by `_field_to_sql`."""

from odoo.fields import Domain


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
