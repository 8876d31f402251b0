from odoo import api, fields, models
from odoo.tools import SQL

from ..lifecycle import joined_columns


class CrmRfmScore(models.Model):
    """The figures of one customer by one policy: a side table of the contacts.

    Who has a row?
        Each commercial partner that ever bought; its segment is "lost" when it did not buy in
        the window of the policy. Contacts without any purchase have none.
    Who writes it?
        Only `crm.rfm.policy._refresh`, in SQL, and only rows that change. So `changed_on` is
        the moment of a real change.
    Why are the days since the last purchase not kept?
        They change for everybody every day; `recency_days` is computed when it is read.
    """

    _name = "crm.rfm.score"
    _inherit = ["crm.rfm.profiled.mixin"]
    _description = "RFM Score"
    _order = "monetary desc, id"
    _rec_name = "partner_id"
    _log_access = False

    policy_id = fields.Many2one("crm.rfm.policy", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id")
    currency_id = fields.Many2one(related="policy_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    # the figures
    last_date = fields.Date("Last Purchase", readonly=True)
    recency_days = fields.Integer(
        "Days since Last Purchase",
        compute="_compute_recency_days",
        search="_search_recency_days",
        aggregator="avg",
    )
    frequency = fields.Integer("Purchases", readonly=True)
    monetary = fields.Monetary("Amount", readonly=True)
    # what they are worth
    r_score = fields.Integer("R", readonly=True, aggregator="avg")
    f_score = fields.Integer("F", readonly=True, aggregator="avg")
    m_score = fields.Integer("M", readonly=True, aggregator="avg")
    cell = fields.Char(readonly=True, help="Recency and frequency, as 54.")
    code = fields.Char("RFM", readonly=True, help="The three scores, as 543.")
    value_tier = fields.Selection(
        [("high", "High"), ("medium", "Medium"), ("low", "Low")], readonly=True
    )
    segment_id = fields.Many2one("crm.rfm.segment", readonly=True, ondelete="restrict")
    changed_on = fields.Datetime(readonly=True)

    _one_row = models.UniqueIndex("(partner_id, policy_id)")

    def init(self):
        """Leave room in the pages, so that a changed row stays where it is."""
        self.env.cr.execute(
            SQL("ALTER TABLE %s SET (fillfactor = 90)", SQL.identifier(self._table))
        )

    @api.depends("last_date")
    def _compute_recency_days(self):
        for score in self:
            day = score.policy_id._today()
            score.recency_days = (day - score.last_date).days if score.last_date else 0

    def _search_recency_days(self, operator, value):
        return joined_columns.condition(self, "recency_days", operator, value)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Count the days in SQL, so that the list sorts and the pivot averages them."""
        if field_expr != "recency_days" or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        policy, policy_alias = self._fields["policy_id"].join(self, alias, query)
        return SQL(
            "(COALESCE(%s, %s) - %s)",
            policy._field_to_sql(policy_alias, "as_of", query),
            fields.Date.context_today(self),
            self._field_to_sql(alias, "last_date", query),
        )

    def action_open_partner(self):
        """Open the customer."""
        self.ensure_one()
        return self.partner_id.get_formview_action()
