"""Filters that the program evaluates for an officer: they may ask only what the officer may see.

A retention rule counts with all rights, because it is about all persons. Without this check a
filter like `expected_revenue > 1000` would tell amounts to who may not see opportunities.
"""

from odoo.exceptions import AccessError
from odoo.fields import Domain

FIGURES = ("integer", "float", "monetary")


def check(records, domain, *, own=True):
    """Refuse a filter that asks more than the user may see.

    Of the records themselves, which the rule lists, all may be asked but figures.

    :param records: an empty recordset of the model, in the environment of the user
    :raise AccessError: names the field
    """
    for condition in Domain(domain).iter_conditions():
        model = records
        for name in condition.field_expr.split("."):
            if (field := model._fields.get(name)) is None:
                break  # a part of a date, or of properties
            _check_field(model, field, own=own and model is records)
            if field.comodel_name:
                model = records.env[field.comodel_name]
        if condition.operator.rstrip("!").endswith("any"):
            check(model, condition.value, own=False)


def _check_field(model, field, *, own):
    listed = own and field.type not in FIGURES
    if not model._has_field_access(field, "read") or not (listed or model.has_access("read")):
        raise AccessError(
            model.env._(
                "The filter uses “%(field)s” of “%(model)s”, which you may not see. Choose another"
                " one, or ask somebody who may see it to enter the filter.",
                field=field._description_string(model.env),
                model=model._description,
            )
        )
