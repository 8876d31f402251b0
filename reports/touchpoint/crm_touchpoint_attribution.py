from odoo import api, fields, models
from odoo.tools import SQL

from ...models.touchpoint import credit, events

SALES_MOVES = ("out_invoice", "out_refund", "out_receipt")


class CrmTouchpointAttribution(models.Model):
    """The credit of each contact for a customer won: one row per customer and touch.

    What is a conversion?
        The first entry of a person into the kind customer, as `crm.lifecycle.report` counts it.
    What is its revenue?
        All posted invoices of that customer without taxes, credit notes deducted, of the
        selected companies, in the currency of the current one.
    Which touches?
        What may get credit (see `events.is_credited`: what the person did, and conversations),
        through a channel that may, within the days of the settings before the conversion; of
        a company, those of all its people.
    How is the credit shared?
        First touch, last touch, linear (all the same), and time decay (a touch counts half
        after the half-life of the settings): see `credit`. Each model shares out exactly one
        conversion and exactly the revenue; so all four add up to the same totals.
    And customers without any touch?
        They have one row without a channel. What is not known is shown as such.
    """

    _name = "crm.touchpoint.attribution"
    _description = "Credit for Customers"
    _auto = False
    _order = "date desc, id"
    _rec_name = "channel_id"

    # the conversion
    date = fields.Datetime("Customer On", readonly=True)
    transition_id = fields.Many2one("crm.lifecycle.transition", string="Move", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    lead_id = fields.Many2one("crm.lead", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    # the touch
    touch_date = fields.Datetime("Contact On", readonly=True)
    channel_id = fields.Many2one("crm.touchpoint.channel", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    medium_id = fields.Many2one("utm.medium", readonly=True)
    # its credit
    first_conversions = fields.Float("Customers: First Touch", digits=(16, 2), readonly=True)
    last_conversions = fields.Float("Customers: Last Touch", digits=(16, 2), readonly=True)
    linear_conversions = fields.Float("Customers: Linear", digits=(16, 2), readonly=True)
    decay_conversions = fields.Float("Customers: Time Decay", digits=(16, 2), readonly=True)
    first_revenue = fields.Monetary("Revenue: First Touch", readonly=True)
    last_revenue = fields.Monetary("Revenue: Last Touch", readonly=True)
    linear_revenue = fields.Monetary("Revenue: Linear", readonly=True)
    decay_revenue = fields.Monetary("Revenue: Time Decay", readonly=True)

    _depends = {
        "crm.touchpoint": ["partner_id", "lead_id", "channel_id", "date", "event", "is_bot"],
        "crm.touchpoint.channel": ["is_credited"],
        "crm.lifecycle.transition": ["lead_id", "partner_id", "date", "to_stage_id"],
        "crm.lifecycle.stage": ["kind"],
        "crm.lead": ["partner_id"],
        "res.partner": ["commercial_partner_id"],
        "account.move": ["amount_untaxed_signed", "state", "move_type"],
    }

    @property
    def _table_query(self):
        settings = self.env["res.config.settings"]._touchpoint_settings()
        return SQL(
            """
            WITH conversion AS MATERIALIZED (%(conversions)s),
                 touch AS (%(touches)s),
                 placed AS (%(placed)s),
                 weighted AS (SELECT *, %(weights)s FROM placed),
                 shared AS (SELECT *, %(shares)s FROM weighted
                            WINDOW purchase AS (PARTITION BY transition_id)),
                 credited AS (SELECT *, %(credits)s FROM shared
                              WINDOW purchase AS (PARTITION BY transition_id)),
                 split AS (SELECT *, %(splits)s FROM credited)
            SELECT row_number() OVER (ORDER BY transition_id, place)::int AS id,
                   transition_id, date, partner_id, lead_id, user_id, team_id, company_id,
                   %(currency)s AS currency_id, touch_date, channel_id, campaign_id, medium_id,
                   %(conversion_columns)s, %(revenues)s
              FROM split WINDOW purchase AS (PARTITION BY transition_id)
            """,
            conversions=self._conversions(),
            touches=self._touches(settings["credit_days"]),
            placed=self._placed(),
            weights=_for_each_model(
                lambda model: credit.weight_sql(model, settings["credit_half_life"]), "weight"
            ),
            shares=_for_each_model(credit.share_sql, "share"),
            credits=_for_each_model(
                lambda model: credit.with_rest_sql(SQL("1"), _column(model, "share")),
                "conversions",
            ),
            splits=_for_each_model(
                lambda model: SQL("round(revenue * %s, 2)", _column(model, "conversions")), "part"
            ),
            currency=self.env.company.currency_id.id,
            conversion_columns=SQL(", ").join(
                _column(model, "conversions") for model in credit.MODELS
            ),
            revenues=_for_each_model(
                lambda model: credit.with_rest_sql(SQL("revenue"), _column(model, "part")),
                "revenue",
            ),
        )

    @api.model
    def _conversions(self):
        """Give the customers won, with what was invoiced to them."""
        return SQL(
            """
            SELECT c.id AS transition_id, c.date, c.partner_id, c.lead_id, c.user_id, c.team_id,
                   c.company_id, COALESCE(invoiced.amount, 0) AS revenue
              FROM (%(report)s) c
              LEFT JOIN (
                SELECT m.commercial_partner_id,
                       round(sum(m.amount_untaxed_signed * account_currency_table.rate), 2)
                           AS amount
                  FROM account_move m
                  JOIN %(currencies)s ON account_currency_table.company_id = m.company_id
                 WHERE m.state = 'posted' AND m.move_type IN %(moves)s
                 GROUP BY m.commercial_partner_id
              ) invoiced ON invoiced.commercial_partner_id = c.partner_id
             WHERE c.kind = 'customer'
            """,
            report=self.env["crm.lifecycle.report"]._table_query,
            currencies=self.env["res.currency"]._get_simple_currency_table(self.env.companies),
            moves=SALES_MOVES,
        )

    @api.model
    def _touches(self, days):
        """Give the touches before each conversion."""
        columns = SQL(
            "SELECT c.transition_id, t.channel_id, t.campaign_id, t.medium_id,"
            " t.date AS touch_date, %s AS moment",
            events.place_in_time_sql("t"),
        )
        condition = SQL(
            "%s AND t.date <= c.date AND t.date >= c.date - make_interval(days => %s)",
            events.is_credited_sql("t"),
            days,
        )
        channel = SQL("JOIN crm_touchpoint_channel h ON h.id = t.channel_id AND h.is_credited")
        return SQL(
            """
            %(columns)s FROM conversion c
              JOIN res_partner p ON p.commercial_partner_id = c.partner_id
              JOIN crm_touchpoint t ON t.partner_id = p.id %(channel)s WHERE %(condition)s
             UNION ALL
            %(columns)s FROM conversion c
              JOIN crm_touchpoint t ON t.lead_id = c.lead_id %(channel)s
             WHERE c.partner_id IS NULL AND %(condition)s
            """,
            columns=columns,
            channel=channel,
            condition=condition,
        )

    @api.model
    def _placed(self):
        """Give the touches of each conversion their places; a conversion without any has one."""
        return SQL(
            """
            SELECT c.*, t.channel_id, t.campaign_id, t.medium_id, t.touch_date,
                   COALESCE(EXTRACT(EPOCH FROM c.date - t.touch_date), 0)::float8 AS age,
                   row_number() OVER (PARTITION BY c.transition_id ORDER BY t.moment) AS place,
                   count(*) OVER (PARTITION BY c.transition_id) AS last_place
              FROM conversion c LEFT JOIN touch t ON t.transition_id = c.transition_id
            """
        )

    def action_open_record(self):
        """Open the customer that was won."""
        self.ensure_one()
        return (self.partner_id or self.lead_id).get_formview_action()


def _for_each_model(expression, name):
    """Give a column for each model of attribution."""
    return SQL(", ").join(
        SQL("%s AS %s", expression(model), _column(model, name)) for model in credit.MODELS
    )


def _column(model, name):
    return SQL.identifier(f"{model}_{name}")
