from odoo import api, fields, models
from odoo.tools import SQL


class CrmQualificationHandoverReport(models.Model):
    """One row per hand-over of a lead to sales, with the answer it got.

    Which answer belongs to a hand-over?
        The first acceptance or rejection of the lead after it and before the next hand-over.
    What is the acceptance rate?
        The share of the accepted ones among those that were answered; who waits has no rate.
    Whose team, salesperson, source, campaign?
        Those of the lead when it was handed over, so figures of the past do not change.
    """

    _name = "crm.qualification.handover.report"
    _description = "Acceptance by Sales"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", readonly=True)
    date = fields.Datetime("Handed over on", readonly=True)
    author_id = fields.Many2one("res.users", string="Handed over by", readonly=True)
    deadline = fields.Datetime("Answer until", readonly=True)
    # the answer
    outcome = fields.Selection(
        [("waiting", "Waiting"), ("accepted", "Accepted"), ("rejected", "Rejected")],
        string="Answer",
        readonly=True,
    )
    answer_date = fields.Datetime("Answered on", readonly=True)
    answerer_id = fields.Many2one("res.users", string="Answered by", readonly=True)
    reason_id = fields.Many2one("crm.lost.reason", string="Reason of Rejection", readonly=True)
    note = fields.Char(readonly=True)
    # as they were at the hand-over
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    medium_id = fields.Many2one("utm.medium", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    # measures
    nbr = fields.Integer("Hand-overs", readonly=True)
    accepted_count = fields.Integer("Accepted", readonly=True)
    rejected_count = fields.Integer("Rejected", readonly=True)
    acceptance_rate = fields.Float(
        "Acceptance Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Share of the accepted leads among those that sales have answered.",
    )
    in_time_rate = fields.Float(
        "Answered in Time (%)",
        readonly=True,
        aggregator="avg",
        help="Of the answered leads, and of those whose time is over.",
    )
    hours = fields.Float("Hours to Answer", readonly=True, aggregator="avg")

    _depends = {
        "crm.qualification.handover": [
            "lead_id",
            "event",
            "date",
            "deadline",
            "hours",
            "in_time",
            "reason_id",
            "note",
            "author_id",
            "user_id",
            "team_id",
            "company_id",
            "source_id",
            "medium_id",
            "campaign_id",
        ],
    }

    @property
    def _table_query(self):
        return SQL("%s %s", self._select(), self._from())

    @api.model
    def _select(self):
        return SQL(
            """
            SELECT given.id, given.lead_id, given.date, given.author_id, given.deadline,
                   given.user_id, given.team_id, given.company_id,
                   given.source_id, given.medium_id, given.campaign_id,
                   COALESCE(answer.event, 'waiting') AS outcome,
                   answer.date AS answer_date,
                   answer.author_id AS answerer_id,
                   answer.reason_id, answer.note, answer.hours,
                   1 AS nbr,
                   (answer.event IS NOT DISTINCT FROM 'accepted')::int AS accepted_count,
                   (answer.event IS NOT DISTINCT FROM 'rejected')::int AS rejected_count,
                   100.0 * (answer.event = 'accepted')::int AS acceptance_rate,
                   100.0 * CASE WHEN answer.id IS NOT NULL THEN answer.in_time::int
                                WHEN given.deadline < %s THEN 0 END AS in_time_rate
            """,
            fields.Datetime.now(),
        )

    @api.model
    def _from(self):
        return SQL(
            """
              FROM crm_qualification_handover given
              LEFT JOIN LATERAL (
                   SELECT later.*
                     FROM crm_qualification_handover later
                    WHERE later.lead_id = given.lead_id
                      AND later.event != 'overdue'
                      AND (later.date, later.id) > (given.date, given.id)
                    ORDER BY later.date, later.id
                    LIMIT 1
              ) answer ON answer.event != 'handed_over'
             WHERE given.event = 'handed_over'
            """
        )

    def action_open_record(self):
        """Open the lead that was handed over."""
        self.ensure_one()
        return self.lead_id.get_formview_action()
