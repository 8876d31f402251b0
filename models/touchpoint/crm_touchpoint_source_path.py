from odoo import fields, models
from odoo.tools import SQL

#: What a path may end in: types of fields, and the model of a link.
ENDS = {
    "date_field": (("date", "datetime"), None),
    "partner_path": (("many2one", "many2one_reference"), "res.partner"),
    "lead_path": (("many2one", "many2one_reference"), "crm.lead"),
    "email_path": (("char", "text"), None),
    "company_path": (("many2one",), "res.company"),
    "campaign_path": (("many2one",), "utm.campaign"),
    "medium_path": (("many2one",), "utm.medium"),
    "open_path": (("many2one", "many2one_reference"), None),
}
#: What is taken without being said, where the model has it.
USUAL = {
    "company_path": "company_id",
    "campaign_path": "campaign_id",
    "medium_path": "medium_id",
}


class CrmTouchpointSource(models.Model):
    """The paths of a source: from its records to a date, a person, an address.

    A path goes through stored many2one fields and ends in a stored field of the right type, or
    in "id" where the record itself is the contact or the lead.
    """

    _inherit = "crm.touchpoint.source"

    def _paths(self, kind):
        """Give the paths of a kind, as they are or as they usually are."""
        given = [path.strip() for path in (self[kind] or "").split(",") if path.strip()]
        return given or self._usual_paths(kind)

    def _usual_paths(self, kind):
        name = USUAL.get(kind)
        field = name and self.env[self.model]._fields.get(name)
        types, comodel = ENDS[kind]
        usable = field and field.store and field.type in types and field.comodel_name == comodel
        return [name] if usable else []

    def _path_problem(self):
        """Say what is wrong with the first path that does not lead to what it should."""
        for kind in ENDS:
            for path in self._paths(kind):
                problem = self._problem_of_path(kind, path)
                if problem:
                    return problem
        if not any(self._paths(kind) for kind in ("partner_path", "lead_path", "email_path")):
            return self.env._(
                "“%(name)s” does not say whose touchpoints these are: give the path to a contact,"
                " a lead or an e-mail address.",
                name=self.name,
            )
        return None

    def _problem_of_path(self, kind, path):
        """Walk along a path, and say where it breaks off."""
        model = self.env[self.model]
        *links, end = path.split(".")
        for name in links:
            field = model._fields.get(name)
            problem = self._problem_of_link(field, name, path, model)
            if problem:
                return problem
            model = self.env[field.comodel_name]
        field = model._fields.get(end)
        return self._problem_of_field(field, end, path, model) or self._problem_of_end(
            kind, field, path, model
        )

    def _problem_of_link(self, field, name, path, model):
        problem = self._problem_of_field(field, name, path, model)
        if problem or field.type == "many2one":
            return problem
        return self.env._(
            "The path “%(path)s” cannot go through “%(field)s”: it is no link to one record.",
            path=path,
            field=name,
        )

    def _problem_of_field(self, field, name, path, model):
        values = {"path": path, "field": name, "model": self.env["ir.model"]._get(model._name).name}
        if field is None:
            return self.env._(
                "The path “%(path)s” breaks off: “%(model)s” has no field “%(field)s”.", **values
            )
        if not field.store or field.company_dependent:
            return self.env._(
                "The path “%(path)s” cannot be used: the field “%(field)s” of “%(model)s” is"
                " computed when it is read. Choose one that is kept in the database.",
                **values,
            )
        return None

    def _problem_of_end(self, kind, field, path, model):
        types, comodel = ENDS[kind]
        if field.name == "id" and comodel in (model._name, None) and "many2one" in types:
            return None
        values = {"path": path, "field": self._fields[kind]._description_string(self.env)}
        if field.type not in types:
            return self.env._("“%(path)s” is of the wrong type for “%(field)s”.", **values)
        if comodel and field.type == "many2one" and field.comodel_name != comodel:
            return self.env._("“%(path)s” leads elsewhere than “%(field)s” needs.", **values)
        return None

    # ------------------------------------------------------------
    # Paths as SQL
    # ------------------------------------------------------------

    def _kind_sql(self, kind, query, model, combine):
        """Give the value at the paths of a kind; NULL where there is none.

        :param str combine: COALESCE or LEAST
        """
        values = [self._path_sql(kind, path, query, model) for path in self._paths(kind)]
        if not values:
            return SQL("NULL::%s", SQL("varchar" if kind == "email_path" else "int"))
        if len(values) == 1:
            return values[0]
        return SQL("%s(%s)", SQL(combine), SQL(", ").join(values))

    def _path_sql(self, kind, path, query, model):
        """Give the value of a path."""
        model, alias, name = self._walk(path, query, model)
        field = model._fields[name]
        value = model._field_to_sql(alias, name, query)
        if field.type == "date":
            return _moment_of_day(value)
        if field.type == "many2one_reference":
            which = model._field_to_sql(alias, field.model_field, query)
            return SQL("(CASE WHEN %s = %s THEN %s END)", which, ENDS[kind][1], value)
        return value

    def _walk(self, path, query, model):
        """Join along a path; give the model, the alias and the field where it ends."""
        alias = model._table
        *links, end = path.split(".")
        for name in links:
            comodel = model.env[model._fields[name].comodel_name]
            alias = query.left_join(alias, name, comodel._table, "id", name)
            model = comodel
        return model, alias, end

    # ------------------------------------------------------------
    # Rows of some people
    # ------------------------------------------------------------

    def _scope_sql(self, model, query, whose):
        """Give the condition of the rows of some people, in a form that indexes serve.

        :param dict whose: ids by `partner_path` and `lead_path`, addresses by `email_path`
        """
        links = [
            (kind, *self._walk(path, query, model))
            for kind in ("partner_path", "lead_path")
            for path in self._paths(kind)
        ]
        parts = [
            _is_one_of(ENDS[kind][1], owner, alias, name, query, whose[kind])
            for kind, owner, alias, name in links
            if whose[kind]
        ]
        if whose["email_path"]:
            # addresses count where no path leads to anybody
            nobody = SQL(" AND ").join(
                [
                    *(_is_nobody(ENDS[kind][1], *link, query) for kind, *link in links),
                    SQL("TRUE"),
                ]
            )
            parts += [
                SQL("(%s IN %s AND %s)", _plain_address(text), whose["email_path"], nobody)
                for text in self._emails(model, query)
            ]
        return SQL("(%s)", SQL(" OR ").join(parts)) if parts else SQL("FALSE")

    def _emails(self, model, query):
        """Give the fields of the addresses, each with whether Odoo has normalised it."""
        for path in self._paths("email_path"):
            owner, alias, name = self._walk(path, query, model)
            value = owner._field_to_sql(alias, name, query)
            yield value, name in ("email", "email_normalized")


def _moment_of_day(day):
    """Give the noon of a day; of today, now until it is noon, so that it need not wait for it."""
    return SQL("LEAST(%s + INTERVAL '12 hours', GREATEST(%s, %s))", day, day, fields.Datetime.now())


def _is_one_of(comodel, model, alias, name, query, ids):
    """Tell whether a field points to one of some records."""
    field = model._fields[name]
    condition = SQL("%s IN %s", model._field_to_sql(alias, name, query), ids)
    if field.type != "many2one_reference":
        return condition
    which = model._field_to_sql(alias, field.model_field, query)
    return SQL("(%s AND %s = %s)", condition, which, comodel)


def _is_nobody(comodel, model, alias, name, query):
    """Tell whether a field points to no record of a model."""
    field = model._fields[name]
    if field.type != "many2one_reference":
        return SQL("%s IS NULL", model._field_to_sql(alias, name, query))
    return SQL("%s <> %s", model._field_to_sql(alias, field.model_field, query), comodel)


def _plain_address(text):
    value, is_normalised = text
    return value if is_normalised else address_sql(value)


def address_sql(text):
    """Give the address in "Name <address>", as Odoo normalises it."""
    return SQL(
        "lower(COALESCE(substring(%(text)s FROM '<([^<>@ ]+@[^<>@ ]+)>'), btrim(%(text)s)))",
        text=text,
    )
