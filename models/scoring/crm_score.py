from odoo import api, fields, models
from odoo.tools import SQL

TEMPERATURES = [("junk", "Junk"), ("cold", "Cold"), ("warm", "Warm"), ("hot", "Hot")]


class CrmScore(models.Model):
    """The score of one lead or contact: a side table of both.

    Who has a row?
        Each open lead, and each contact in the lifecycle, unless the person may not be profiled. A
        lead that is won or lost keeps the score that it had.
    Who writes it?
        Only `crm.score.policy._refresh`, in SQL, and only rows that change. Scores are whole
        numbers: points that fade slowly do not rewrite everything each night.
    """

    _name = "crm.score"
    _inherit = ["crm.score.shown.mixin"]
    _description = "Score"
    _order = "score desc, id"
    _log_access = False

    lead_id = fields.Many2one("crm.lead", ondelete="cascade", readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", ondelete="cascade", readonly=True)
    score = fields.Integer(readonly=True, aggregator="avg")
    fit = fields.Integer(readonly=True, aggregator="avg")
    engagement = fields.Integer(readonly=True, aggregator="avg")
    qualification = fields.Integer(readonly=True, aggregator="avg")
    temperature = fields.Selection(TEMPERATURES, readonly=True)
    date = fields.Datetime("Changed on", readonly=True)

    _one_per_lead = models.UniqueIndex("(lead_id) WHERE lead_id IS NOT NULL")
    _one_per_partner = models.UniqueIndex("(partner_id) WHERE partner_id IS NOT NULL")
    _hot_idx = models.Index("(temperature) WHERE temperature IN ('hot', 'warm')")

    def init(self):
        """Leave room in the pages, so that a changed row stays where it is."""
        self.env.cr.execute(
            SQL("ALTER TABLE %s SET (fillfactor = 90)", SQL.identifier(self._table))
        )

    @api.depends("lead_id", "partner_id")
    def _compute_display_name(self):
        for score in self:
            score.display_name = (score.lead_id or score.partner_id).display_name
