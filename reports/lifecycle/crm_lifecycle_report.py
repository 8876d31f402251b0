from odoo import api, fields, models
from odoo.tools import SQL

from ...models.lifecycle import progress
from . import figures


class CrmLifecycleReport(models.Model):
    """The conversion of people: one row per person and kind they have been in.

    Who is counted?
        A *person*: the commercial partner of a contact; of a lead that has a contact, the
        commercial partner of this contact as it is now; else the lead by itself. So the
        contacts of one company, its leads and the company count once, and so does somebody
        who was a lead and became a contact.
    What is a row?
        The *first* entry of a person into a kind (suspect, lead, prospect, customer, former).
        An entry is a transition that comes from another kind or from nowhere: a move between
        two stages of one kind (MAL to MQL) is none. Source, medium, campaign, team,
        salesperson and company are those of the entry's transition: a person counts in the
        company, with the salesperson and the source where it entered.
    When is it converted?
        At the first entry of the person, later in the history, into any kind further on the
        way suspect, lead, prospect, customer. A jump (lead to customer) converts the kind left
        and leaves no row for the kinds jumped over. A customer or former customer goes nowhere
        further and has no rate. As a row is one person and converts once, no rate passes 100 %.
    And moves back and forth?
        Whoever falls back and comes again is no new row: the first entry counts, and the
        conversion that was reached stays reached. `entry_count` says how many times the person
        came into the kind (a contact that follows its lead in the same moment comes once),
        `backward_count` how many of its moves left the kind downwards. Falling from customer
        to former is `former_date`; coming back from there is `customer_date` of that row.
    When did it buy?
        `customer_date` is the first entry into the kind customer that is later in the history
        than this row's. It is empty on customer rows, which are that entry themselves.
    How long did it stay?
        From the entry until the person goes further or becomes a former customer, or the
        record that entered goes to another kind or out of the lifecycle, whatever comes
        first. Empty as long as it is still there.
    What is "later"?
        Later by (date, id). A move in the same second but noted after counts as later.
    Which kind has a stage?
        The one it has now: when a manager changes it, the past is told anew.
    """

    _name = "crm.lifecycle.report"
    _description = "Lifecycle Conversion"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "stage_id"

    # the entry
    date = fields.Datetime("Entered On", readonly=True)
    kind = fields.Selection("_selection_kind", readonly=True)
    transition_id = fields.Many2one("crm.lifecycle.transition", string="Move", readonly=True)
    lead_id = fields.Many2one("crm.lead", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True)
    stage_id = fields.Many2one("crm.lifecycle.stage", readonly=True)
    # as they were at the entry
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    medium_id = fields.Many2one("utm.medium", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    # what came of it
    converted_date = fields.Datetime("Converted On", readonly=True)
    customer_date = fields.Datetime("Customer On", readonly=True)
    customer_months = fields.Integer(
        "Months to Customer",
        readonly=True,
        aggregator=None,
        help="Calendar months from the month of the entry to the month of the purchase.",
    )
    former_date = fields.Datetime("Former Customer On", readonly=True)
    left_date = fields.Datetime("Left On", readonly=True)
    # measures
    nbr = fields.Integer("People", readonly=True)
    converted_count = fields.Integer("Converted", readonly=True)
    conversion_rate = fields.Float(
        "Conversion Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Share of the people that went further. Customers go nowhere further.",
    )
    days_to_convert = fields.Float("Days to Convert", readonly=True, aggregator="avg")
    customer_count = fields.Integer("Became Customers", readonly=True)
    customer_rate = fields.Float(
        "Customer Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Share of the people that became customers after they entered.",
    )
    days_to_customer = fields.Float("Days to Customer", readonly=True, aggregator="avg")
    former_count = fields.Integer("Customers Lost", readonly=True)
    days_in_kind = fields.Float("Days until Left", readonly=True, aggregator="avg")
    entry_count = fields.Integer(
        "Entries", readonly=True, help="How many times these people came, after falling back too."
    )
    backward_count = fields.Integer(
        "Moves Back", readonly=True, help="How many times they fell back from here."
    )

    _depends = {
        "crm.lifecycle.transition": [
            "lead_id",
            "partner_id",
            "date",
            "from_stage_id",
            "to_stage_id",
            "user_id",
            "team_id",
            "company_id",
            "source_id",
            "medium_id",
            "campaign_id",
        ],
        "crm.lifecycle.stage": ["kind"],
        "crm.lead": ["partner_id"],
        "res.partner": ["commercial_partner_id"],
    }

    @api.model
    def _selection_kind(self):
        return self.env["crm.lifecycle.stage"]._fields["kind"]._description_selection(self.env)

    # -- the rows -------------------------------------------------------------------------

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _moves(self):
        """Give the moves between kinds, with the person that each belongs to."""
        return SQL(
            """
            SELECT transition.*,
                   COALESCE(contact.commercial_partner_id, contact.id) AS commercial_partner_id,
                   COALESCE(contact.commercial_partner_id, contact.id, -transition.lead_id)
                       AS person,
                   COALESCE(transition.partner_id, -transition.lead_id) AS record,
                   to_stage.kind,
                   %(place)s AS place,
                   %(from_place)s AS from_place
              FROM crm_lifecycle_transition transition
              LEFT JOIN crm_lead lead ON lead.id = transition.lead_id
              LEFT JOIN res_partner contact
                     ON contact.id = COALESCE(transition.partner_id, lead.partner_id)
              LEFT JOIN crm_lifecycle_stage to_stage ON to_stage.id = transition.to_stage_id
              LEFT JOIN crm_lifecycle_stage from_stage ON from_stage.id = transition.from_stage_id
             WHERE to_stage.kind IS DISTINCT FROM from_stage.kind
            """,
            place=self.env["crm.lifecycle.stage"]._rank_sql("to_stage"),
            from_place=self.env["crm.lifecycle.stage"]._rank_sql("from_stage"),
        )

    @api.model
    def _select(self):
        return SQL(
            """
            SELECT entry.id,
                   entry.date,
                   entry.kind,
                   entry.id AS transition_id,
                   entry.lead_id,
                   entry.commercial_partner_id AS partner_id,
                   entry.to_stage_id AS stage_id,
                   entry.user_id,
                   entry.team_id,
                   entry.company_id,
                   entry.source_id,
                   entry.medium_id,
                   entry.campaign_id,
                   %(outcomes)s,
                   1 AS nbr,
                   entry.entry_count,
                   CASE entry.kind %(falls)s END AS backward_count
            """,
            outcomes=self._select_outcomes(),
            falls=SQL(" ").join(
                SQL("WHEN %s THEN %s", kind, SQL.identifier("entry", f"falls_{kind}"))
                for kind in progress.KINDS
            ),
        )

    @api.model
    def _select_outcomes(self):
        """Give the columns that say what came of an entry, from the moves after it."""
        converted, customer, former, left = (
            self._converted_date(),
            SQL("CASE WHEN entry.kind <> 'customer' THEN entry.next_customer END"),
            SQL("CASE WHEN entry.kind = 'customer' THEN entry.next_former END"),
            SQL("LEAST(%s, entry.next_former, entry.next_of_record)", self._converted_date()),
        )
        return SQL(", ").join(
            [
                SQL("%s AS converted_date", converted),
                SQL("%s AS customer_date", customer),
                SQL("%s AS former_date", former),
                SQL("%s AS left_date", left),
                SQL("%s AS customer_months", self._months(SQL("entry.date"), customer)),
                SQL("%s AS converted_count", self._count(converted, figures.WAY[:-1])),
                SQL("100.0 * %s AS conversion_rate", self._count(converted, figures.WAY[:-1])),
                SQL("%s AS days_to_convert", self._days(converted)),
                SQL("%s AS customer_count", self._count(customer, self._kinds_before_customer())),
                SQL(
                    "100.0 * %s AS customer_rate",
                    self._count(customer, self._kinds_before_customer()),
                ),
                SQL("%s AS days_to_customer", self._days(customer)),
                SQL("%s AS former_count", self._count(former, ("customer",))),
                SQL("%s AS days_in_kind", self._days(left)),
            ]
        )

    @api.model
    def _converted_date(self):
        """Give the SQL of the first entry into a kind further than the entry's."""
        cases = SQL(" ").join(
            SQL(
                "WHEN %s THEN LEAST(%s)",
                kind,
                SQL(", ").join(self._next(other) for other in figures.further(kind)),
            )
            for kind in figures.WAY[:-1]
        )
        return SQL("CASE entry.kind %s END", cases)

    @api.model
    def _next(self, kind):
        return SQL.identifier("entry", f"next_{kind}")

    @api.model
    def _kinds_before_customer(self):
        return tuple(kind for kind in progress.KINDS if kind != "customer")

    @api.model
    def _count(self, date, kinds):
        """Give 1 or 0 for the kinds that may reach a date, and nothing for the others."""
        return SQL(
            "CASE WHEN entry.kind NOT IN %s THEN NULL WHEN %s IS NULL THEN 0 ELSE 1 END",
            kinds,
            date,
        )

    @api.model
    def _days(self, date):
        return SQL("EXTRACT(EPOCH FROM %s - entry.date) / 86400.0", date)

    @api.model
    def _months(self, start, end):
        """Give the calendar months between two dates, where the reader lives."""
        start, end = self._local(start), self._local(end)
        return SQL(
            """((EXTRACT(YEAR FROM %(end)s) - EXTRACT(YEAR FROM %(start)s)) * 12
               + EXTRACT(MONTH FROM %(end)s) - EXTRACT(MONTH FROM %(start)s))::integer""",
            start=start,
            end=end,
        )

    @api.model
    def _local(self, date):
        return SQL("timezone(%s, timezone('UTC', %s))", str(self.env.tz), date)

    @api.model
    def _from(self):
        """Give the moves with their place in the person's history and the entries after them.

        Each window is one pass over sorted rows. That of what comes later runs backwards in
        time: so its frame only grows, and the cost does not rise with the square of the
        moves of a person. A row's DENSE_RANK from the end is, for the first visit, the number
        of moments at which the person came.
        """
        return SQL(
            """
            FROM (
                SELECT move.*,
                       ROW_NUMBER() OVER (PARTITION BY person, place ORDER BY date, id) AS visit,
                       DENSE_RANK() OVER (PARTITION BY person, place ORDER BY date DESC)
                           AS entry_count,
                       LEAD(date) OVER (PARTITION BY record ORDER BY date, id) AS next_of_record,
                       %s,
                       %s
                  FROM (%s) move
                WINDOW person AS (PARTITION BY person),
                       later AS (
                           PARTITION BY person ORDER BY date DESC, id DESC
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                       )
            ) entry
            """,
            self._next_entries(),
            self._falls(),
            self._moves(),
        )

    @api.model
    def _next_entries(self):
        """Give the columns next_<kind>: when the person next enters each kind."""
        return SQL(", ").join(
            SQL(
                "MIN(date) FILTER (WHERE place = %s) OVER later AS %s",
                progress.KIND_RANK[kind],
                SQL.identifier(f"next_{kind}"),
            )
            for kind in progress.KINDS[1:]
        )

    @api.model
    def _falls(self):
        """Give the columns falls_<kind>: how many moves of the person left it downwards."""
        return SQL(", ").join(
            SQL(
                "COUNT(*) FILTER (WHERE from_place = %s AND place < from_place) OVER person AS %s",
                progress.KIND_RANK[kind],
                SQL.identifier(f"falls_{kind}"),
            )
            for kind in progress.KINDS
        )

    @api.model
    def _where(self):
        return SQL("WHERE entry.visit = 1 AND entry.kind IS NOT NULL")

    def _read_group_orderby(self, order, groupby_terms, query):
        """Show groups by kind in the order of the way, not in that of the alphabet."""
        if "kind" not in groupby_terms:
            return super()._read_group_orderby(order, groupby_terms, query)
        kind = groupby_terms["kind"]
        groupby_terms["kind"] = SQL("ARRAY_POSITION(%s, %s::text)", list(progress.KINDS), kind)
        try:
            return super()._read_group_orderby(order, groupby_terms, query)
        finally:
            groupby_terms["kind"] = kind

    # -- what is behind a row -------------------------------------------------------------

    def action_open_record(self):
        """Open the lead or contact that entered."""
        self.ensure_one()
        return self.transition_id.action_open_record()
