import ast

import psycopg2

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import Query, mute_logger

from .score_sql import BROKEN


class CrmScoreRule(models.Model):
    """Filters that cannot be used: refused when they are written, set aside when they break later.

    How can a filter break that was good when it was written?
        A field or a module goes. One bad rule must not stop the scores of everybody: each night,
        and whenever a refresh meets one, those that cannot be read are set aside with the reason;
        those that can be read again come back.
    """

    _inherit = "crm.score.rule"

    def _filter_domain(self):
        """Read the filter that a manager wrote.

        :raise ValueError: not a domain
        """
        return Domain(ast.literal_eval(self.domain or "[]"))

    def _check_filter(self):
        """Refuse a filter that is no domain of the model, that reads the score, or secrets.

        :raise ValidationError: in the words of the user
        """
        try:
            domain = self._filter_domain()
            self._try_filter(domain)
        except (*BROKEN, psycopg2.Error) as error:
            raise ValidationError(
                self.env._(
                    "The filter of the rule “%(rule)s” cannot be used. Build it with the fields"
                    " and values that the filter editor offers, without functions.",
                    rule=self.name,
                )
            ) from error
        if self._reads_score(domain):
            raise ValidationError(
                self.env._(
                    "The filter of the rule “%(rule)s” reads the score, which the rule itself"
                    " changes. Use other fields.",
                    rule=self.name,
                )
            )

    def _try_filter(self, domain):
        """Search by a filter, as the user: how many records match would tell what is hidden.

        Constraints run as the superuser, so the rights are given up here.
        """
        model = self.env(su=False)[self.target]
        with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            model.search(domain, limit=1)

    @api.model
    def _reads_score(self, domain):
        """Tell whether a filter asks for the score of the record, or of another one."""
        paths = [leaf.field_expr for leaf in domain.iter_conditions()]
        return any(path.split(".")[-1].startswith("score") for path in paths)

    @api.model
    def _set_broken_aside(self, target):
        """Note which rules cannot be used, and take those back that can again."""
        for rule in self.search([("target", "=", target), ("kind", "=", "domain")]):
            problem = rule._problem_of_filter()
            if (rule.problem or None) != problem:
                rule.problem = problem

    def _problem_of_filter(self):
        """Give what Odoo says of a filter that cannot be used; it is compiled, not run."""
        if self.kind != "domain":
            return None
        model = self.env["crm.score.policy"]._as_nobody(self.target)
        try:
            self._spec(model, model._table, Query(model.env, model._table, model._table_sql))
        except BROKEN as error:
            return str(error) or type(error).__name__
        return None
