from odoo import api, fields, models

from ...models.scoring import ranking


class CrmScoreBacktestBand(models.Model):
    """The leads of one range of scores in a backtest, and how many of them were won."""

    _name = "crm.score.backtest.band"
    _description = "Band of a Backtest"
    _order = "lowest desc"
    _rec_name = "lowest"

    backtest_id = fields.Many2one(
        "crm.score.backtest", required=True, ondelete="cascade", index=True
    )
    lowest = fields.Integer(required=True)
    name = fields.Char("Score", compute="_compute_name")
    lead_count = fields.Integer("Leads")
    won_count = fields.Integer("Won")
    rate = fields.Float("Share Won", compute="_compute_rate")
    predicted = fields.Float(
        "Predicted by Odoo", help="The mean of the leads whose prediction is known."
    )
    predicted_count = fields.Integer("Predictions Known")

    @api.depends("lowest")
    def _compute_name(self):
        for band in self:
            highest = band.lowest + ranking.BAND_WIDTH - 1
            band.name = f"{band.lowest} – {100 if highest == 99 else highest}"

    @api.depends("lead_count", "won_count")
    def _compute_rate(self):
        for band in self:
            band.rate = band.won_count / band.lead_count if band.lead_count else 0
