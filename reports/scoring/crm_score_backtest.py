from odoo import Command, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...models.scoring import ranking, refresh_sql, score_sql
from . import backtest_sql


class CrmScoreBacktest(models.Model):
    """What the score would have said of leads that are won or lost by now.

    Of which day is the score?
        Of some days before the end of each lead, with the touchpoints up to then and the rules and
        weights of today. Otherwise the order itself would be the best sign of an order.
    What can not be known?
        What a lead looked like then: rules by filter read its fields as they are now. And its
        qualification, which is left out. The text of the result says so.
    How good is it?
        The AUC is the chance that a won lead had a higher score than a lost one: 0.5 is a coin, 1
        is perfect. The bands show how many leads of each range of scores were won.
    And Odoo's own prediction?
        Odoo overwrites it with 100 or 0 when a lead is won or lost, so what it says now is no
        prediction. Compared are the leads whose prediction was kept with the history of their score
        before that day, and only those, on both sides.
    """

    _name = "crm.score.backtest"
    _description = "Backtest of the Score"
    _order = "id desc"
    _rec_name = "create_date"

    months = fields.Integer(
        "Closed in the Last Months", default=24, required=True, help="Leads won or lost since then."
    )
    days_before = fields.Integer(
        "Days before the End",
        default=7,
        required=True,
        help="The score is that of so many days before.",
    )
    # the result
    lead_count = fields.Integer("Leads", readonly=True)
    won_count = fields.Integer("Won", readonly=True)
    auc = fields.Float("AUC", digits=(4, 3), readonly=True, aggregator=None)
    band_ids = fields.One2many("crm.score.backtest.band", "backtest_id", "Bands", readonly=True)
    compared_count = fields.Integer("Leads with a Prediction of Odoo", readonly=True)
    compared_auc = fields.Float("AUC of the Score", digits=(4, 3), readonly=True, aggregator=None)
    odoo_auc = fields.Float(
        "AUC of Odoo's Prediction", digits=(4, 3), readonly=True, aggregator=None
    )
    rule_count = fields.Integer("Rules", readonly=True)
    filter_rule_count = fields.Integer("Rules That Read Today's Fields", readonly=True)

    _months_positive = models.Constraint(
        "CHECK(months > 0)", "The backtest needs at least one month of closed leads."
    )
    _days_not_negative = models.Constraint(
        "CHECK(days_before >= 0)", "The number of days before the end cannot be negative."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Run the new tests at once."""
        tests = super().create(vals_list)
        tests.action_run()
        return tests

    @api.depends("create_date")
    def _compute_display_name(self):
        for test in self:
            day = format_date(self.env, test.create_date or fields.Datetime.now())
            test.display_name = self.env._("Backtest of %(day)s", day=day)

    def action_run(self):
        """Test the rules as they are now."""
        policy = self.env["crm.score.policy"]._for("crm.lead")
        for test in self:
            rules = policy._working_rules()
            rows = test._read_outcomes(policy, rules)
            test.write(test._result(rows) | test._comparison(rows) | test._known(rules))

    def _read_outcomes(self, policy, rules):
        """Give score, outcome and prediction of each closed lead that the reader may see."""
        self.env.flush_all()
        since = fields.Datetime.subtract(fields.Datetime.now(), months=self.months)
        leads = self.env(su=False)["crm.lead"].with_context(active_test=False)
        query = leads._search(Domain("won_status", "in", ("won", "lost")))
        alias = leads._table
        for side in ("moment", "touch"):
            link = SQL(
                "%s = %s",
                SQL.identifier(side, "id" if side == "moment" else "key"),
                SQL.identifier(alias, "id"),
            )
            query.add_join("JOIN" if side == "moment" else "LEFT JOIN", side, side, link)
        source = backtest_sql.touches_until()
        queries = {
            "moment": backtest_sql.moments(since, self.days_before),
            "touch": score_sql.touches(policy._touch_specs(rules), source, SQL("t.as_of")),
            "component": policy._component_query(
                query, ["touch"], rules, SQL("moment.as_of"), qualification=SQL("NULL::int")
            ),
            "scored": score_sql.scored(policy._values()),
        }
        return self.env.execute_query_dict(
            SQL("WITH %s SELECT %s", refresh_sql.with_queries(queries), backtest_sql.outcome())
        )

    def _result(self, rows):
        """Give the figures of all leads, and of each band of scores."""
        won = [row["score"] for row in rows if row["won"]]
        lost = [row["score"] for row in rows if not row["won"]]
        bands = []
        for lowest in range(0, 100, ranking.BAND_WIDTH):
            of_band = [row for row in rows if ranking.band(row["score"]) == lowest]
            predicted = [row["predicted"] for row in of_band if row["predicted"] is not None]
            bands.append(
                {
                    "lowest": lowest,
                    "lead_count": len(of_band),
                    "won_count": sum(row["won"] for row in of_band),
                    "predicted": sum(predicted) / len(predicted) / 100 if predicted else 0,
                    "predicted_count": len(predicted),
                }
            )
        return {
            "lead_count": len(rows),
            "won_count": len(won),
            "auc": ranking.area_under_curve(won, lost) or 0,
            "band_ids": [Command.clear(), *map(Command.create, bands)],
        }

    def _comparison(self, rows):
        """Give the figures of the leads whose prediction by Odoo was kept."""
        known = [row for row in rows if row["predicted"] is not None]

        def auc(column):
            won = [row[column] for row in known if row["won"]]
            lost = [row[column] for row in known if not row["won"]]
            return ranking.area_under_curve(won, lost) or 0

        return {
            "compared_count": len(known),
            "compared_auc": auc("score"),
            "odoo_auc": auc("predicted"),
        }

    def _known(self, rules):
        """Give how many rules read what cannot be known any more."""
        by_filter = rules.filtered(lambda rule: rule.kind == "domain")
        return {"rule_count": len(rules), "filter_rule_count": len(by_filter)}
