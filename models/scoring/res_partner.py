from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

GROUPS = "sales_team.group_sale_salesman"


class ResPartner(models.Model):
    """The score of contacts.

    Who has one?
        Each contact in the lifecycle that may be profiled; not suppliers, addresses or our own
        companies, as they are in no lifecycle.
    Which touchpoints count?
        Its own, whatever lead they belong to. A company and its people each have their own.
    Is it told when it becomes hot?
        Only where none of its leads is open: there the lead is told.
    """

    _name = "res.partner"
    _inherit = ["res.partner", "crm.score.mixin"]
    _score_subject = "partner_id"

    # leads are for sales alone; contacts are read by everybody
    score = fields.Integer(groups=GROUPS)
    score_fit = fields.Integer(groups=GROUPS)
    score_engagement = fields.Integer(groups=GROUPS)
    score_temperature = fields.Selection(groups=GROUPS)
    score_date = fields.Datetime(groups=GROUPS)
    is_at_rest = fields.Boolean(groups=GROUPS)
    score_history_ids = fields.One2many("crm.score.history", "partner_id", groups=GROUPS)

    @api.model
    def _score_subject_domain(self):
        return (
            Domain("active", "=", True)
            & Domain("lifecycle_stage_id", "!=", False)
            & self._lifecycle_subject_domain()
            & self._score_shown_domain()
        )

    @api.model
    def _score_shown_domain(self):
        return self._profiling_domain()

    @api.model
    def _score_gone(self, record_ids):
        return self._score_gone_outside(self._score_subject_domain(), record_ids)

    @api.model
    def _score_touch_key(self):
        return SQL("partner_id")

    @api.model
    def _score_touch_condition(self, record_ids):
        if record_ids is None:
            return SQL("partner_id IS NOT NULL")
        return SQL("partner_id = ANY(%s)", list(record_ids))

    @api.model
    def _score_touched(self, touches):
        return SQL("SELECT partner_id AS record_id FROM %s t WHERE partner_id IS NOT NULL", touches)

    def _score_became_hot(self, policy):
        leads = (
            self.env["crm.lead"]
            .sudo()
            ._search([("partner_id", "in", self.ids), ("won_status", "=", "pending")])
        )
        pursued = self.search([("id", "in", leads.subselect("partner_id"))])
        return super(ResPartner, self - pursued)._score_became_hot(policy)
