from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_score import TEMPERATURES


class CrmScoreHistory(models.Model):
    """A score that changed: the way of the scores, for the curve on the form and for backtests.

    When is a row added?
        By a refresh, where the score is another one than before; the first row is the first score.
    What is Odoo's probability?
        What Odoo's own prediction said of the lead at that moment. Odoo itself overwrites it with
        0 or 100 when the lead is lost or won.
    Can a row change?
        No: rows are only added. A merge carries them over; deleting the record deletes them.
    """

    _name = "crm.score.history"
    _inherit = ["crm.score.shown.mixin"]
    _description = "Score History"
    _order = "date desc, id desc"
    _rec_name = "score"
    _log_access = False

    lead_id = fields.Many2one("crm.lead", ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Contact", ondelete="cascade")
    date = fields.Datetime(required=True)
    old_score = fields.Integer("Before", aggregator=None)
    score = fields.Integer(aggregator="avg")
    fit = fields.Integer(aggregator="avg")
    engagement = fields.Integer(aggregator="avg")
    qualification = fields.Integer(aggregator="avg")
    temperature = fields.Selection(TEMPERATURES)
    odoo_probability = fields.Float("Odoo's Probability", aggregator="avg")

    _lead_date_idx = models.Index("(lead_id, date DESC) WHERE lead_id IS NOT NULL")
    _partner_date_idx = models.Index("(partner_id, date DESC) WHERE partner_id IS NOT NULL")

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: the history is only added to."""
        raise UserError(self.env._("The history of the scores cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The history of the scores cannot be deleted."))
