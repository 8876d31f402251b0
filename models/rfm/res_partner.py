from odoo import api, fields, models
from odoo.tools import SQL

from ..lifecycle import joined_columns

#: Fields of the contact that are columns of its row in the side table.
SIDE_COLUMNS = {
    "rfm_segment_id": "segment_id",
    "rfm_code": "code",
    "rfm_cell": "cell",
    "rfm_value_tier": "value_tier",
    "rfm_last_date": "last_date",
    "rfm_recency_days": "recency_days",
    "rfm_frequency": "frequency",
    "rfm_monetary": "monetary",
}
NUMBERS = ("rfm_frequency", "rfm_monetary")
GROUPS = "sales_team.group_sale_salesman"

#: What numbers of other screens open their customers by; nobody could enter a value for these.
SCREEN_FIELDS = {"rfm_change", "affinity_ids"}

joined_columns.declare("_rfm_to_sql", SIDE_COLUMNS)
joined_columns.declare("_rfm_currency_to_sql", ["rfm_currency_id"])


class ResPartner(models.Model):
    """The RFM figures of customers, as if they were columns of the contact.

    Whose figures?
        Those of the default policy of the current company, on the commercial partner alone:
        so that the sum of a list counts nobody twice. The form of a person shows those of
        its company.
    Where are they?
        In `crm.rfm.score`, joined in: they sort, group and filter like columns, and nothing
        is ever written on the contact.
    Who is a prospect?
        A contact in the lifecycle that has no row: it never bought.
    """

    _inherit = "res.partner"

    # readonly: else the import of contacts would offer them, and then be refused
    rfm_score_ids = fields.One2many(
        "crm.rfm.score", "partner_id", "RFM Scores", readonly=True, groups=GROUPS
    )
    rfm_move_ids = fields.One2many(
        "crm.rfm.move", "partner_id", "RFM Moves", readonly=True, groups=GROUPS
    )
    rfm_segment_id = fields.Many2one(
        "crm.rfm.segment",
        "RFM Segment",
        compute="_compute_rfm",
        search=lambda self, *condition: self._search_rfm("rfm_segment_id", *condition),
        groups=GROUPS,
    )
    rfm_code = fields.Char(
        "RFM",
        compute="_compute_rfm",
        search=lambda self, *condition: self._search_rfm("rfm_code", *condition),
        groups=GROUPS,
    )
    rfm_cell = fields.Char(
        "RFM Cell",
        compute="_compute_rfm",
        search=lambda self, *condition: self._search_rfm("rfm_cell", *condition),
        groups=GROUPS,
    )
    rfm_value_tier = fields.Selection(
        [("high", "High"), ("medium", "Medium"), ("low", "Low")],
        "Value Tier",
        compute="_compute_rfm",
        search=lambda self, *condition: self._search_rfm("rfm_value_tier", *condition),
        groups=GROUPS,
    )
    rfm_last_date = fields.Date(
        "Last Purchase",
        compute="_compute_rfm",
        search=lambda self, *condition: self._search_rfm("rfm_last_date", *condition),
        groups=GROUPS,
    )
    rfm_recency_days = fields.Integer(
        "Days since Last Purchase",
        compute="_compute_rfm",
        search=lambda self, *condition: self._search_rfm("rfm_recency_days", *condition),
        aggregator="avg",
        groups=GROUPS,
    )
    rfm_frequency = fields.Integer(
        "Purchases",
        compute="_compute_rfm",
        search=lambda self, *condition: self._search_rfm("rfm_frequency", *condition),
        groups=GROUPS,
    )
    rfm_monetary = fields.Monetary(
        "Purchased Amount",
        compute="_compute_rfm",
        search=lambda self, *condition: self._search_rfm("rfm_monetary", *condition),
        currency_field="rfm_currency_id",
        groups=GROUPS,
    )
    rfm_currency_id = fields.Many2one(
        "res.currency", "Currency of Purchases", compute="_compute_rfm_currency_id", groups=GROUPS
    )

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Keep the fields that only screens search by out of the lists of fields to filter by."""
        descriptions = super().fields_get(allfields, attributes)
        for name in SCREEN_FIELDS & descriptions.keys():
            if "searchable" in descriptions[name]:
                descriptions[name]["searchable"] = False
        return descriptions

    @api.depends_context("company")
    def _compute_rfm(self):
        """Read the rows of the current company's default policy, in one query."""
        policy = self.env["crm.rfm.policy"]._default_for(self.env.company)
        scores = self.env["crm.rfm.score"].search_fetch(
            [("policy_id", "=", policy.id), ("partner_id", "in", self.ids)],
            ["partner_id", *SIDE_COLUMNS.values()],
        )
        row = dict(zip(scores.partner_id._ids, scores, strict=True))
        prospect = self._rfm_prospect_segment()
        allowed = self.filtered_domain(self._profiling_domain())
        for partner in self:
            score = row.get(partner._origin.id, scores.browse())
            for name, column in SIDE_COLUMNS.items():
                partner[name] = score[column]
            if not score and partner in allowed and partner._is_rfm_prospect():
                partner.rfm_segment_id = prospect

    @api.depends_context("company")
    def _compute_rfm_currency_id(self):
        self.rfm_currency_id = self._rfm_currency()

    @api.model
    def _rfm_currency(self):
        """Give the currency of the figures: that of the policy's company."""
        policy = self.env["crm.rfm.policy"]._default_for(self.env.company).sudo()
        return policy.currency_id or self.env.company.currency_id

    def _is_rfm_prospect(self):
        """Tell whether a contact without a row is one that could buy."""
        return bool(self.lifecycle_stage_id and self.commercial_partner_id == self)

    @api.model
    def _rfm_prospect_segment(self):
        segments = self.env["crm.rfm.segment"]
        return segments.browse(segments._id_of_kind("prospect"))

    def _search_rfm(self, name, operator, value):
        """Compare with the joined column."""
        return joined_columns.condition(self, name, operator, value)

    def _rfm_to_sql(self, alias, name, query):
        """Join the row of the default policy, once for all its columns."""
        side = self._join_rfm(alias, query)
        value = self.env["crm.rfm.score"]._field_to_sql(side, SIDE_COLUMNS[name], query)
        if name in NUMBERS:
            return SQL("COALESCE(%s, 0)", value)
        if name == "rfm_segment_id":
            return SQL("COALESCE(%s, %s)", value, self._rfm_prospect_sql(alias, query))
        return value

    def _rfm_currency_to_sql(self, _alias, _name, _query):
        return SQL("%s::int", self._rfm_currency().id)

    def _join_rfm(self, alias, query):
        """Join the side table, and give its alias."""
        policy = self.env["crm.rfm.policy"]._default_for(self.env.company)
        allowed = self._profiled_sql()
        side = query.make_alias(alias, "rfm")
        query.add_join(
            "LEFT JOIN",
            side,
            "crm_rfm_score",
            SQL(
                "%s = %s AND %s = %s %s",
                SQL.identifier(side, "partner_id"),
                SQL.identifier(alias, "id"),
                SQL.identifier(side, "policy_id"),
                policy.id or 0,
                SQL("AND %s IN %s", SQL.identifier(alias, "id"), allowed) if allowed else SQL(),
            ),
        )
        return side

    def _rfm_prospect_sql(self, alias, query):
        """Give the segment of those that could buy and never did, as SQL."""
        allowed = self._profiled_sql()
        me = SQL.identifier(alias, "id")
        return SQL(
            "CASE WHEN %s IS NOT NULL AND %s = %s %s THEN %s END",
            self._field_to_sql(alias, "lifecycle_stage_id", query),
            self._field_to_sql(alias, "commercial_partner_id", query),
            me,
            SQL("AND %s IN %s", me, allowed) if allowed else SQL(),
            self.env["crm.rfm.segment"]._id_of_kind("prospect"),
        )
