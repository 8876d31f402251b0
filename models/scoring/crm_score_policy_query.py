from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from . import refresh_sql, score_sql


class CrmScorePolicy(models.Model):
    """The query behind scores, receipts, previews and backtests.

    All of them read the same queries, so a receipt cannot say anything else than the score. They
    differ in the rules (saved or not), the day, the records, and whether details are wanted.
    """

    _inherit = "crm.score.policy"

    def _rules(self):
        """Give the active rules of the policy's records that work, in their order."""
        rules = self.env["crm.score.rule"].sudo()
        return rules.search([("target", "=", self.target), ("problem", "=", False)])

    def _working_rules(self):
        """Give the rules without those that have broken since the last refresh; writes nothing."""
        return self._rules().filtered(lambda rule: not rule._problem_of_filter())

    def _target(self):
        """Give the model whose records are scored."""
        return self._as_nobody(self.target)

    @api.model
    def _as_nobody(self, target):
        """Give a model as nobody in particular reads it.

        Records are scored for all companies, and the filters of the rules mean the same whoever
        asks, in whatever language.
        """
        return self.env(user=SUPERUSER_ID, context={"active_test": False})[target]

    def _scored_queries(self, rules, values=None, *, as_of=None, record_ids=None, details=False):
        """Give the queries that end in `scored`, by name.

        :param rules: `crm.score.rule` records, new ones too
        :param score_sql.Policy values: weights and thresholds; None: those of the policy
        :param date as_of: the day; None: today
        :param record_ids: of these records only; None: of all
        :param bool details: also what the receipt says of each rule
        """
        self.env.flush_all()
        day = SQL("%s::date", as_of or fields.Date.today())
        touched = self._touch_specs(rules)
        source = self._touch_source(touched, day, record_ids)
        query, sides = self._subject_query(record_ids)
        return {
            "touch": score_sql.touches(touched, source, day, details),
            "component": self._component_query(query, sides, rules, day, details),
            "scored": score_sql.scored(values or self._values()),
        }

    def _touch_specs(self, rules):
        """Give the rules that read touchpoints, as the statement needs them."""
        return [rule._spec() for rule in rules if rule.kind != "domain"]

    def _touch_source(self, specs, day, record_ids):
        """Give the touchpoints that any of the rules may read, and whose they are."""
        if not specs:
            return SQL(
                "SELECT NULL::int AS key, NULL AS event, NULL::int AS channel_id,"
                " NULL AS direction, NULL::timestamp AS date WHERE FALSE"
            )
        conditions = []
        conditions.append(score_sql.read_condition(specs, day))
        conditions.append(SQL("NOT is_bot AND date < %s + 1", day))
        target = self._target()
        conditions.append(target._score_touch_condition(record_ids))
        return SQL(
            "SELECT %s AS key, event, channel_id, direction, date FROM crm_touchpoint WHERE %s",
            target._score_touch_key(),
            SQL(" AND ").join(conditions),
        )

    def _subject_query(self, record_ids):
        """Give the query of the records that are scored, and the aliases of their touchpoints."""
        target = self._target()
        domain = target._score_subject_domain()
        if record_ids is not None:
            domain &= Domain("id", "in", list(record_ids))
        query = target._search(domain, bypass_access=True)
        return query, target._score_join_touches(query, target._table)

    def _component_query(self, query, sides, rules, day, details=False, qualification=None):
        """Give the points of each rule for each record, added up by part.

        :param query: of the records, with their touchpoints joined under the aliases `sides`
        :param SQL qualification: None: that of today
        """
        target = self._target()
        alias = target._table
        specs = [rule._spec(target, alias, query) for rule in rules]
        points = {spec.id: score_sql.points(spec, alias, day, sides) for spec in specs}
        columns = [
            SQL("%s AS record_id", SQL.identifier(alias, "id")),
            SQL("%s AS fit", score_sql.component(specs, "fit", points)),
            SQL("%s AS engagement", score_sql.component(specs, "engagement", points)),
            SQL("%s AS qualification", qualification or target._score_qualification(alias)),
        ]
        if details:
            columns += self._detail_columns(specs, points, sides)
        return query.select(*columns)

    def _detail_columns(self, specs, points, sides):
        """Give what the receipt says of each rule: points, events, the last of them."""
        columns = []
        for spec in specs:
            columns.append(SQL("%s AS %s", points[spec.id], score_sql.name("p", spec)))
            if spec.kind == "domain":
                continue
            dates = SQL(", ").join(
                SQL("%s.%s", SQL.identifier(side), score_sql.name("d", spec)) for side in sides
            )
            columns += [
                SQL("%s AS %s", score_sql.weight(spec, sides), score_sql.name("w", spec)),
                SQL("%s AS %s", score_sql.weight(spec, sides, "n"), score_sql.name("n", spec)),
                SQL("GREATEST(%s) AS %s", dates, score_sql.name("d", spec)),
            ]
        return columns

    def _read_scored(self, columns, rules, values=None, **options):
        """Run the queries without writing anything; give dicts.

        :param SQL columns: what to read of `scored`, and the rest of the statement
        """
        queries = self._scored_queries(rules, values, **options)
        return self.env.execute_query_dict(
            SQL("WITH %s SELECT %s", refresh_sql.with_queries(queries), columns)
        )
