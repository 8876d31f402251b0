from odoo import fields, models
from odoo.tools import SQL

from ...models.scoring.crm_score import TEMPERATURES
from ...models.scoring.crm_score_policy import TARGETS


class CrmScoreReport(models.Model):
    """How the scores of leads and contacts are shared out, by whom and where they came from.

    Which rows?
        One for each row of `crm.score` that the reader may see: open leads, contacts in the
        lifecycle, and leads that were won or lost since, with the score they had.
    """

    _name = "crm.score.report"
    _inherit = ["crm.score.shown.mixin"]
    _description = "Scores"
    _auto = False
    _order = "score desc, id"
    _rec_name = "score"

    target = fields.Selection(TARGETS, "Scores of", readonly=True)
    lead_id = fields.Many2one("crm.lead", readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    score = fields.Integer(readonly=True, aggregator="avg")
    fit = fields.Integer(readonly=True, aggregator="avg")
    engagement = fields.Integer(readonly=True, aggregator="avg")
    qualification = fields.Integer(readonly=True, aggregator="avg")
    band = fields.Selection(
        [(str(low), f"{low} – {low + 9 if low < 90 else 100}") for low in range(0, 100, 10)],
        "Range of Scores",
        readonly=True,
    )
    temperature = fields.Selection(TEMPERATURES, readonly=True)
    date = fields.Datetime("Changed on", readonly=True)
    won_status = fields.Selection(
        [("won", "Lead won"), ("lost", "Lead lost"), ("pending", "Still open")],
        "Won or Lost",
        readonly=True,
    )
    lifecycle_stage_id = fields.Many2one("crm.lifecycle.stage", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    _depends = {
        "crm.score": ["lead_id", "partner_id", "score", "fit", "engagement", "temperature", "date"],
        "crm.lead": [
            "won_status",
            "lifecycle_stage_id",
            "user_id",
            "team_id",
            "source_id",
            "company_id",
        ],
        "res.partner": ["lifecycle_stage_id", "user_id", "company_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT s.id, s.lead_id, s.partner_id, s.score, s.fit, s.engagement, s.qualification,
                   s.temperature, s.date, LEAST(s.score / 10 * 10, 90)::varchar AS band,
                   CASE WHEN s.lead_id IS NULL THEN 'res.partner' ELSE 'crm.lead' END AS target,
                   l.won_status, l.team_id, l.source_id,
                   COALESCE(l.lifecycle_stage_id, p.lifecycle_stage_id) AS lifecycle_stage_id,
                   COALESCE(l.user_id, p.user_id) AS user_id,
                   COALESCE(l.company_id, p.company_id) AS company_id
              FROM crm_score s
              LEFT JOIN crm_lead l ON l.id = s.lead_id
              LEFT JOIN res_partner p ON p.id = s.partner_id
            """
        )

    def action_open_record(self):
        """Open the lead or contact."""
        self.ensure_one()
        return (self.lead_id or self.partner_id).get_formview_action()
