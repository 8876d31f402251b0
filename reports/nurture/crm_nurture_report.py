from odoo import api, fields, models
from odoo.tools import SQL

from ...models.nurture.crm_nurture_delivery_outcome import RESULTS
from ...models.nurture.crm_nurture_step import KINDS
from ...models.nurture.figures import MEASURES, SHARES, STEPS_KEY

LIVING = """
    SELECT d.id, d.date, e.sequence_id, s.version_id, d.step_id, s.kind, %(variant)s AS variant,
           %(outcome)s AS outcome, %(rule)s AS rule, d.note, d.enrollment_id, e.lead_id,
           e.partner_id, l.user_id,
           COALESCE(l.company_id, p.company_id, q.company_id) AS company_id,
           FALSE AS is_former, 1 AS nbr
      FROM %(joins)s
      JOIN crm_nurture_enrollment e ON e.id = d.enrollment_id
      JOIN crm_nurture_step s ON s.id = d.step_id
      LEFT JOIN crm_nurture_sequence q ON q.id = e.sequence_id
      LEFT JOIN crm_lead l ON l.id = e.lead_id
      LEFT JOIN res_partner p ON p.id = e.partner_id
     WHERE %(wanted)s
"""

#: A month is shown as its first noon, which is in it wherever the reader lives.
FORMER = """
    SELECT -y.id, y.month + INTERVAL '12 hours', y.sequence_id, y.version_id, y.step_id, s.kind,
           y.variant, y.outcome, y.rule, NULL, NULL::int, NULL::int, NULL::int, NULL::int,
           y.company_id, TRUE, y.count
      FROM crm_nurture_tally y JOIN crm_nurture_step s ON s.id = y.step_id
     WHERE %(wanted)s
"""


class CrmNurtureReport(models.Model):
    """What became of each step: one row per step done for somebody.

    What is a row?
        A delivery, with what became of it, and the rule where it was kept back. What was deleted
        is there as one row for all alike: `nbr` says how many, and the date is their month.
    Of which version is it?
        Of that of the step: who was moved to another version did the step in the version before.
    What is sent, opened, clicked?
        *Sent* is all that left, also what came back. *Opened* is whatever a human read, *clicked*
        whatever a human clicked or answered. Rates are shares of what was sent.
    Whose company?
        That of the lead or contact; without one that of the sequence.
    Who sees which rows?
        Salespeople those of their own leads, of leads of nobody and of contacts, so the same as
        people in a sequence; only who sees all leads sees what was deleted.
    """

    _name = "crm.nurture.report"
    _description = "Figures of Sequences"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "step_id"

    date = fields.Datetime("Done on", readonly=True)
    sequence_id = fields.Many2one("crm.nurture.sequence", readonly=True)
    version_id = fields.Many2one("crm.nurture.version", readonly=True)
    step_id = fields.Many2one("crm.nurture.step", readonly=True)
    kind = fields.Selection(KINDS, "Kind of Step", readonly=True)
    variant = fields.Selection(
        [("a", "Version A"), ("b", "Version B")], "Version of the Message", readonly=True
    )
    outcome = fields.Selection(RESULTS, "What Became of It", readonly=True)
    rule = fields.Selection("_selection_rule", "Kept Back by", readonly=True)
    note = fields.Char("Details", readonly=True)
    # for whom
    enrollment_id = fields.Many2one("crm.nurture.enrollment", "Person in Sequence", readonly=True)
    lead_id = fields.Many2one("crm.lead", readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    person = fields.Char(compute="_compute_person")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    is_former = fields.Boolean("Deleted Since", readonly=True)
    # measures
    nbr = fields.Integer("Steps Done", readonly=True)
    sent_count = fields.Integer("Sent", readonly=True)
    opened_count = fields.Integer("Opened", readonly=True)
    clicked_count = fields.Integer("Clicked", readonly=True)
    replied_count = fields.Integer("Replied", readonly=True)
    bounced_count = fields.Integer("Bounced", readonly=True)
    skipped_count = fields.Integer("Left Out", readonly=True)
    failed_count = fields.Integer("Failed", readonly=True)
    opened_rate = fields.Float("Opened (%)", readonly=True, aggregator="avg")
    clicked_rate = fields.Float("Clicked (%)", readonly=True, aggregator="avg")
    replied_rate = fields.Float("Replied (%)", readonly=True, aggregator="avg")
    bounced_rate = fields.Float("Bounced (%)", readonly=True, aggregator="avg")

    _depends = {
        "crm.nurture.delivery": [
            "date",
            "enrollment_id",
            "kept_rule",
            "kept_variant",
            "note",
            "outcome",
            "retry_at",
            "step_id",
            "trace_id",
        ],
        "crm.nurture.enrollment": ["sequence_id", "lead_id", "partner_id"],
        "crm.nurture.step": ["version_id", "kind", "mailing_b_id"],
        "crm.nurture.sequence": ["company_id"],
        "crm.nurture.tally": ["count", "outcome", "rule", "step_id", "variant", "version_id"],
        "crm.lead": ["company_id", "user_id"],
        "res.partner": ["company_id"],
        "mailing.trace": [
            "failure_type",
            "links_click_datetime",
            "mass_mailing_id",
            "open_datetime",
            "sent_datetime",
            "trace_status",
            "trace_type",
        ],
        "link.tracker.click": ["mailing_trace_id", "link_id", "is_bot"],
    }

    @api.model
    def _selection_rule(self):
        return self.env["mailing.trace"]._fields["failure_type"]._description_selection(self.env)

    @api.depends("enrollment_id")
    def _compute_person(self):
        for row in self:
            who = row.lead_id or row.partner_id
            row.person = who.display_name or self.env._("People deleted since: %s", row.nbr)

    # -- the rows -------------------------------------------------------------------------

    @property
    def _table_query(self):
        steps = self.env.context.get(STEPS_KEY)
        living, former = None, SQL("TRUE")
        if steps is not None:
            # narrows only: whoever sets it sees less, never more
            chosen = SQL("step_id = ANY(%s::int[])", [int(step) for step in steps])
            living, former = SQL("d.%s", chosen), SQL("y.%s", chosen)
        return SQL(
            "SELECT r.*, %s FROM (%s UNION ALL %s) r",
            self._measures(),
            self._living_sql(living),
            SQL(FORMER, wanted=former),
        )

    @api.model
    def _living_sql(self, wanted=None):
        """Give the rows of deliveries that are there.

        :param SQL wanted: the condition of the deliveries `d`, if only some are asked for
        """
        rows = self.env["crm.nurture.delivery"]
        ids = wanted and SQL("SELECT d.id FROM crm_nurture_delivery d WHERE %s", wanted)
        return SQL(
            LIVING,
            variant=rows._variant_sql(),
            outcome=rows._outcome_sql(),
            rule=rows._rule_sql(),
            joins=rows._outcome_joins_sql(ids),
            wanted=wanted or SQL("TRUE"),
        )

    @api.model
    def _measures(self):
        """Give the columns that count the results, and each row's share of what was sent."""
        counts = {
            name: SQL("CASE WHEN r.outcome IN %s THEN r.nbr ELSE 0 END", results)
            for name, results in MEASURES.items()
        }
        columns = [
            SQL("%s AS %s", count, SQL.identifier(f"{name}_count"))
            for name, count in counts.items()
        ]
        columns += [
            SQL(
                "CASE WHEN r.outcome IN %s THEN 100.0 * (%s) / r.nbr END AS %s",
                MEASURES["sent"],
                counts[name],
                SQL.identifier(f"{name}_rate"),
            )
            for name in SHARES
        ]
        return SQL(", ").join(columns)

    def _read_group_select(self, aggregate_spec, query):
        """Weigh the rates: a row may stand for many messages."""
        name, _sep, aggregate = aggregate_spec.partition(":")
        share = name.removesuffix("_rate")
        if aggregate != "avg" or share not in SHARES:
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "100.0 * SUM(%s) / NULLIF(SUM(%s), 0)",
            self._field_to_sql(self._table, f"{share}_count", query),
            self._field_to_sql(self._table, "sent_count", query),
        )

    def action_open_person(self):
        """Open the lead or the contact."""
        self.ensure_one()
        return self.enrollment_id.action_open_person() if self.enrollment_id else False

    @api.model
    def _open(self, name, domain, views=("list", "pivot", "graph")):
        """Give the action that opens rows."""
        views = [(False, view) for view in views]
        if views[0][1] == "list":
            # a figure opens its people; who was deleted has no name to open
            domain = [*domain, ("is_former", "=", False)]
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "views": views,
            "domain": domain,
        }
