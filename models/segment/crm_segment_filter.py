import ast

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, mute_logger

from ..lifecycle.long_statement import CONCURRENCY
from . import ordering, paths


class CrmSegment(models.Model):
    """The filter of a segment: what it finds, what it is built on, and what is wrong with it."""

    _inherit = "crm.segment"

    def _filter_domain(self):
        """Read the filter.

        :raise ValueError: not a domain
        """
        return Domain(ast.literal_eval(self.domain or "[]"))

    def _target(self):
        """Give the model of the members as the owner sees it, in the company of the segment."""
        owner = self.user_id
        companies = self.company_id or (owner.company_id | owner.company_ids)
        context = {"lang": owner.lang, "tz": owner.tz, "allowed_company_ids": companies.ids}
        return self.env(user=owner.id, su=False, context=context)[self.model]

    def _matching_query(self):
        """Give the query of those who should be members now.

        Of a picked list: those who are, unless they were archived.
        """
        self.ensure_one()
        segment = self.sudo()
        if segment.kind == "static":
            target = self.env(su=True, context={})[segment.model]
            return target._search(segment._members_domain())
        target = segment._target()
        domain = segment._filter_domain()
        segment._check_named(target.env)
        if segment.company_id:
            domain &= Domain(target._check_company_domain(segment.company_id))
        return target._search(domain)

    # -- what it is built on ------------------------------------------------------------------

    def _depends_on(self):
        """Give the segments that the filter of this one is about."""
        self.ensure_one()
        found = self.browse()
        if self.kind == "static":
            return found
        try:
            for path, operator, value in paths.conditions(self._filter_domain()):
                before, name, rest = path.partition("crm_segment_ids")
                if name and (not before or before.endswith(".")):
                    found |= self._named(rest.lstrip(".") or "id", operator, value)
        except (ValueError, SyntaxError, TypeError):
            return self.browse()
        return found

    def _check_named(self, owner_env):
        """Refuse segments that are gone or that the owner may not see: "not in" one of those
        would let everybody in.

        :raise AccessError: naming none of them, as the owner may not see them
        """
        named = self.browse(
            number
            for path, _operator, value in paths.conditions(self._filter_domain())
            if path.split(".")[-1] == "crm_segment_ids" or path.endswith("crm_segment_ids.id")
            for number in (value if isinstance(value, list | tuple | set) else [value])
            if isinstance(number, int) and number
        )
        visible = named.exists().with_env(owner_env)._filtered_access("read")
        if len(visible) < len(named):
            raise AccessError(
                self.env._("The filter is built on a segment that its owner may not see.")
            )

    def _named(self, name, operator, value):
        """Give the segments that a condition is about.

        "In no segment at all" is about all of them, this one included: that is a circle.
        """
        segments = self.sudo().with_context(active_test=False)
        values = value if isinstance(value, list | tuple | set | frozenset) else [value]
        if name != "id":
            negative = operator.startswith("not") or operator == "!="
            return segments.search([("id", "!=", False)] if negative else [(name, operator, value)])
        if not all(values):
            return segments.search([("active", "=", True)]) | self
        texts = [text for text in values if isinstance(text, str)]
        numbers = [number for number in values if not isinstance(number, str)]
        by_name = Domain.OR(Domain("name", "ilike", text) for text in texts)
        return segments.search(Domain("id", "in", numbers) | by_name)

    def _in_order(self):
        """Put these segments, and those they are built on, in the order of their refresh.

        :return: the segments in order, and the circles among them
        """
        depends, open_ones = {}, self
        while open_ones:
            depends.update({segment: segment._depends_on() for segment in open_ones})
            open_ones = self.union(*depends.values()) - self.browse().union(*depends)
        return ordering.in_order(depends)

    def _circle_words(self, circle):
        """Say which segments are built on each other."""
        names = [segment.name for segment in circle]
        return self.env._(
            "These segments are built on each other in a circle, so that nobody can say who is in"
            " them: %(names)s. Take one of them out of the filter of another.",
            names=" → ".join([*names, names[0]]),
        )

    # -- what is wrong with it ------------------------------------------------------------------

    def _what_is_wrong(self):
        """Say in the user's words why the filter cannot be evaluated; None if it can.

        The database only plans the search; it does not run it.
        """
        self.ensure_one()
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.env.execute_query(SQL("EXPLAIN %s", self._matching_query().select()))
        except CONCURRENCY:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a field of any addon raises
            return self._explain(error)
        return None

    def _explain(self, error):
        """Turn what went wrong into the user's words: what, why, and what to do."""
        segment = self.sudo()
        missing = segment._missing_field()
        names = {"segment": segment.name, "owner": segment.user_id.name, "field": missing}
        if missing:
            return self.env._(
                "The filter of the segment “%(segment)s” uses “%(field)s”, which does not exist"
                " (any more). Take this condition out of the filter.",
                **names,
            )
        if isinstance(error, AccessError):
            return self.env._(
                "The filter of the segment “%(segment)s” looks at something that its owner"
                " %(owner)s may not see. Take that condition out of the filter, or let somebody"
                " who may see it become the owner.",
                **names,
            )
        if isinstance(error, UserError):
            return str(error)
        return self.env._(
            "The filter of the segment “%(segment)s” cannot be used. Build it with the fields and"
            " values that the filter editor offers.",
            **names,
        )

    def _missing_field(self):
        """Give the first field of the filter that does not exist, or None."""
        try:
            found = list(paths.conditions(self._filter_domain()))
        except (ValueError, SyntaxError, TypeError):
            return None
        model = self.env[self.model]
        missing = (paths.missing_field(model, path) for path, _operator, _value in found)
        return next(filter(None, missing), None)

    @api.model
    def _from_domain(self, name, model, domain, company=None):
        """Give the dynamic segment of a domain, for a screen where the user has chosen people.

        :param str model: res.partner or crm.lead
        :param domain: of the people
        :param company: in which the domain is evaluated, None for those of the owner
        :return: the segment, created unless there is one with this filter
        """
        values = {
            "model": model,
            "kind": "dynamic",
            "domain": repr(list(Domain(domain))),
            "company_id": company.id if company else False,
        }
        same = Domain.AND(Domain(field, "=", value) for field, value in values.items())
        return self.search(same, limit=1) or self.create({"name": name, **values})
