from odoo import api, models
from odoo.tools import SQL

from . import components, ranking, score_sql

#: Of so many records the page behind a number shows the ids; more are too many to look at.
AT_MOST = 10_000
BARS = 10


class CrmScorePolicy(models.Model):
    """What rules or thresholds would change, before they are saved; nothing is written.

    How?
        The same queries as those of the refresh, with the rules and thresholds of the form
        instead of those of the database.
    What is compared?
        Before: the saved rules and thresholds, today. After: with the changes of the form. So the
        difference is that of the changes alone, whenever the last refresh was.
    """

    _inherit = "crm.score.policy"

    def _count_matches(self, rules):
        """Count the records that get points, for each of the rules."""
        columns = SQL(", ").join(
            SQL("count(*) FILTER (WHERE %s != 0)", score_sql.name("p", rule._spec()))
            for rule in rules
        )
        queries = self._scored_queries(rules, details=True)
        return self.env.execute_query(
            SQL(
                "WITH touch AS MATERIALIZED (%s), component AS (%s) SELECT %s FROM component",
                queries["touch"],
                queries["component"],
                columns,
            )
        )[0]

    def _matching_ids(self, rule):
        """Give the ids of the records that get points from a rule."""
        column = SQL("record_id FROM scored WHERE %s != 0", score_sql.name("p", rule._spec()))
        rows = self._read_scored(SQL("%s LIMIT %s", column, AT_MOST), rule, details=True)
        return [row["record_id"] for row in rows]

    @api.model
    def get_score_preview(self, source, record_id, changes):
        """Say how scores would be shared out with the changes of a form; nothing is saved.

        :param str source: the model of the form, `crm.score.rule` or `crm.score.policy`
        :param int record_id: its record; False: a new one
        :param dict changes: the values that are not saved yet
        :return: `before` and `after`: records by temperature and by ten points of score; `moves`:
            how many go from a temperature to another one
        """
        policy, variants = self._preview_variants(source, record_id, changes)
        before, after = (policy._scores_of(*variant) for variant in variants)
        moved = policy._moves_between(*variants)
        return {
            "target": policy.target,
            "thresholds": [values[3:] for _rules, values in variants],
            "before": before,
            "after": after,
            "moves": moved,
        }

    @api.model
    def action_open_preview(self, source, record_id, changes, temperature):
        """Open the records that would have a temperature with the changes of a form."""
        policy, variants = self._preview_variants(source, record_id, changes)
        rows = policy._read_scored(
            SQL("record_id FROM scored WHERE temperature = %s LIMIT %s", temperature, AT_MOST),
            *variants[1],
        )
        labels = dict(self.env["crm.score"]._fields["temperature"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Would be: %(temperature)s", temperature=labels[temperature]),
            "res_model": policy.target,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", [row["record_id"] for row in rows])],
            "context": {"create": False},
        }

    @api.model
    def _preview_variants(self, source, record_id, changes):
        """Give the policy, and the rules and values as they are saved and as they would be."""
        if source not in ("crm.score.rule", "crm.score.policy"):
            raise ValueError(source)
        self.env[source].check_access("write")
        form = self.env[source].browse(record_id or [])
        draft = form.new(changes, origin=form) if form else form.new(changes)
        target = draft.target
        policy = self._for(target)
        rules, values = policy._working_rules(), policy._values()
        if source == "crm.score.policy":
            after = rules, draft._values()
            draft._check_thresholds()
        else:
            after = self._rules_with(rules, form, draft), values
        return policy, ((rules, values), after)

    @api.model
    def _rules_with(self, rules, form, draft):
        """Put a rule of a form in the place of the saved one."""
        if draft.kind == "domain":
            draft._check_filter()
        others = [rule for rule in rules if rule != form]
        return [*others, draft] if draft.active and draft._is_complete() else others

    def _scores_of(self, rules, values):
        """Count the records by temperature and by ten points of score."""
        rows = self._read_scored(
            SQL("score, temperature, count(*) FROM scored GROUP BY 1, 2"), rules, values
        )
        temperatures = dict.fromkeys(components.TEMPERATURES, 0)
        scores = {}
        for row in rows:
            temperatures[row["temperature"]] += row["count"]
            scores[row["score"]] = scores.get(row["score"], 0) + row["count"]
        return {
            "temperatures": temperatures,
            "histogram": ranking.histogram(scores, 100 // BARS),
            "count": sum(scores.values()),
        }

    def _moves_between(self, before, after):
        """Count the records that would have another temperature, by the two."""
        queries = self._scored_queries(*before)
        new = self._scored_queries(*after)
        return self.env.execute_query_dict(
            SQL(
                """
                WITH was AS MATERIALIZED (WITH touch AS (%s), component AS (%s) %s),
                     becomes AS MATERIALIZED (WITH touch AS (%s), component AS (%s) %s)
                SELECT was.temperature AS before, becomes.temperature AS after, count(*)
                  FROM was JOIN becomes USING (record_id)
                 WHERE was.temperature != becomes.temperature GROUP BY 1, 2 ORDER BY 3 DESC
                """,
                *queries.values(),
                *new.values(),
            )
        )
