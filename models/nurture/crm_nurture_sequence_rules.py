from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..lifecycle import progress
from . import filters

#: A meeting further away does not keep marketing from writing.
MEETING_DAYS = 30

#: With which leads, and with which companies, sales are at work, since when and until when, and by
#: which record.
BUSY_LEADS = """
    SELECT o.opportunity_id AS who, NULL::timestamp AS since, o.validity_date + 1 AS until,
           'sale.order' AS model, o.id
      FROM sale_order o
     WHERE o.opportunity_id IS NOT NULL AND o.state IN ('draft', 'sent')
     UNION ALL
    SELECT c.opportunity_id, c.start - make_interval(days => %(days)s), c.stop,
           'calendar.event', c.id
      FROM calendar_event c WHERE c.opportunity_id IS NOT NULL AND c.active
"""
BUSY_HOUSES = """
    SELECT p.commercial_partner_id AS who, NULL::timestamp AS since, o.validity_date + 1 AS until,
           'sale.order' AS model, o.id
      FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
     WHERE o.state IN ('draft', 'sent')
     UNION ALL
    SELECT p.commercial_partner_id, c.start - make_interval(days => %(days)s), c.stop,
           'calendar.event', c.id
      FROM calendar_event c
      JOIN calendar_attendee a ON a.event_id = c.id AND a.state <> 'declined'
      JOIN res_partner p ON p.id = a.partner_id
     WHERE c.active
"""
BUSY_NOW = """
    SELECT who, model, id FROM (%(busy)s) busy
     WHERE (busy.since IS NULL OR busy.since < %(now)s)
       AND (busy.until IS NULL OR busy.until > %(now)s)
"""
#: When sales are at work with each of some people.
BUSY_TIMES = """
    SELECT r.id, busy.since, busy.until FROM unnest(%(ids)s::int[]) r (id)
      JOIN res_partner p ON p.id = %(contact)s
      JOIN (%(houses)s) busy ON busy.who = p.commercial_partner_id
     WHERE busy.until IS NULL OR busy.until > %(now)s
"""
BUSY_TIMES_OF_LEADS = """
     UNION ALL
    SELECT r.id, busy.since, busy.until FROM unnest(%(ids)s::int[]) r (id)
      JOIN (%(leads)s) busy ON busy.who = r.id
     WHERE busy.until IS NULL OR busy.until > %(now)s
"""


class CrmNurtureSequence(models.Model):
    """Who leaves before the end, and who has to wait.

    What is the goal?
        A lifecycle stage that is reached or passed, or a filter. Who reaches it leaves with
        success. So that the success can be told from what would have happened anyway, it is
        also noted of those who get nothing (hold-out) or have left, for `goal_days`.
    When are the rules checked?
        Before each step; and every few minutes for all who wait, in one statement.
    What keeps somebody on hold?
        With the sales brake: a quotation that may still be accepted, or a meeting ahead within
        a month. Always: a restriction of the processing. When it is over, it goes on.
    """

    _inherit = "crm.nurture.sequence"

    # success
    goal_stage_id = fields.Many2one("crm.lifecycle.stage", "Goal: Stage", ondelete="restrict")
    goal_domain = fields.Char("Goal: Filter", default="[]")
    goal_days = fields.Integer(
        "Goal Counted for (days)",
        default=90,
        help="So many days after somebody came in, reaching the goal still counts.",
    )
    # leaving
    exit_domain = fields.Char("Exit Rule", default="[]")
    leave_with_segment = fields.Boolean(
        "Leave with the Segment", help="Who leaves the segment leaves the sequence."
    )
    stop_on_reply = fields.Boolean(default=True, help="Who answers leaves the sequence.")
    # waiting
    sales_brake = fields.Boolean(
        default=True,
        help="While a quotation is open or a meeting is ahead, nothing is sent.",
    )
    # comparing
    holdout_percent = fields.Float(
        "Hold-out (%)", digits=(5, 2), help="This share gets nothing, to compare with."
    )
    problem = fields.Text(readonly=True, copy=False)

    _goal_days_positive = models.Constraint(
        "CHECK(goal_days > 0)", "The goal has to count for at least one day."
    )
    _reentry_days_positive = models.Constraint(
        "CHECK(reentry_days > 0)", "Somebody can come in again after one day at the earliest."
    )

    @api.constrains("holdout_percent")
    def _check_holdout_percent(self):
        for sequence in self:
            if not 0 <= sequence.holdout_percent < 100:
                raise ValidationError(
                    self.env._("The hold-out share must be at least 0 and less than 100 %.")
                )

    def _obstacles(self, person):
        """Give who may not come in, or has to leave: list of (state, cause, SQL condition).

        :param SQL person: the id of the lead or contact
        """
        sequence = self.sudo()
        found = []
        goal = sequence._at_goal(person)
        if goal:
            found.append(("goal", "goal", goal))
        found.append(
            ("exited", "archived", SQL("NOT (%s)", sequence._record(person, "who.active")))
        )
        if filters.is_set(sequence.exit_domain):
            found.append(("exited", "rule", sequence._fits(person, sequence.exit_domain)))
        if sequence.leave_with_segment and sequence.segment_id:
            found.append(("exited", "segment", SQL("NOT (%s)", sequence._is_member(person))))
        if sequence.company_id:
            other = SQL("who.company_id <> ALL(%s)", sequence._company_ids())
            found.append(("exited", "company", sequence._record(person, other)))
        return found

    def _company_ids(self):
        """Give the companies whose people are those of the company of the sequence."""
        company = self.company_id
        return company.ids if self.model == "crm.lead" else company.parent_ids.ids

    def _brakes(self, person):
        """Give who has to wait before the next step, in the same way."""
        sequence = self.sudo()
        found = [("held", "restricted", sequence._record(person, "who.privacy_restricted"))]
        if sequence.sales_brake:
            found.append(("held", "sales", sequence._with_sales(person)))
        return found

    def _at_goal(self, person):
        """Give the condition of having reached the goal; None without a goal."""
        conditions = []
        if self.goal_stage_id:
            passed = self._stages_from(self.goal_stage_id)
            at_stage = SQL("who.lifecycle_stage_id IN %s", tuple(passed.ids))
            conditions.append(self._record(person, at_stage))
        if filters.is_set(self.goal_domain):
            conditions.append(self._fits(person, self.goal_domain, active_test=False))
        return SQL("(%s)", SQL(" OR ").join(conditions)) if conditions else None

    def _fits(self, person, text, **options):
        """Give the condition of matching a filter, which is looked up for each person.

        So that a batch costs the same in a small database and in a large one.
        """
        matching = self._matching(text, **options).select()
        return SQL("EXISTS (SELECT FROM (%s) fitting WHERE fitting.id = %s)", matching, person)

    @api.model
    def _stages_from(self, goal):
        """Give the stage and those beyond it, archived ones included."""
        stages = goal.with_context(active_test=False).search([("kind", "in", progress.KINDS)])
        least = progress.rank(goal._position())
        return stages.filtered(lambda stage: progress.rank(stage._position()) >= least)

    def _record(self, person, condition):
        """Give the condition that the record of a person is there and fulfils something."""
        condition = SQL(condition) if isinstance(condition, str) else condition
        table = SQL.identifier(self.env[self.model]._table)
        return SQL("EXISTS (SELECT FROM %s who WHERE who.id = %s AND %s)", table, person, condition)

    def _is_member(self, person):
        """Give the condition of being in the segment of the sequence."""
        return SQL(
            "EXISTS (SELECT FROM crm_segment_member m WHERE m.segment_id = %s"
            " AND m.left_at IS NULL AND m.%s = %s)",
            self.segment_id.id,
            SQL.identifier(self._subject()),
            person,
        )

    def _with_sales(self, person):
        """Give the condition of having a quotation or a meeting, or a colleague with one."""
        return SQL(
            "(%s)",
            SQL(" OR ").join(
                # who has no contact is not known to be with sales, and not unknown
                SQL("COALESCE(%s IN (SELECT who FROM (%s) work), FALSE)", who, work)
                for who, work in self._sales_work(person)
            ),
        )

    def _sales_work(self, person):
        """Give what sales are at work with now: list of (id of whom it is about, query)."""
        now = fields.Datetime.now()
        leads, houses = self._sales_queries()
        contact = self._contact_sql(person)
        house = SQL("(SELECT p.commercial_partner_id FROM res_partner p WHERE p.id = %s)", contact)
        work = [(house, SQL(BUSY_NOW, busy=houses, now=now))]
        if self.model == "crm.lead":
            work.insert(0, (person, SQL(BUSY_NOW, busy=leads, now=now)))
        return work

    @api.model
    def _sales_queries(self):
        """Give the queries of the leads, and of the companies, that sales are at work with."""
        return SQL(BUSY_LEADS, days=MEETING_DAYS), SQL(BUSY_HOUSES, days=MEETING_DAYS)

    def _sales_times(self, person_ids):
        """Give when sales are at work with people: rows of id, since and until; None is open."""
        now = fields.Datetime.now()
        leads, houses = self._sales_queries()
        contact = self._contact_sql(SQL("r.id"))
        values = {"ids": list(person_ids), "now": now}
        query = SQL(BUSY_TIMES, contact=contact, houses=houses, **values)
        if self.model == "crm.lead":
            query = SQL("%s %s", query, SQL(BUSY_TIMES_OF_LEADS, leads=leads, **values))
        return self.env.execute_query(query)

    def _contact_sql(self, person):
        """Give the SQL of the contact of a person."""
        if self.model == "res.partner":
            return person
        return SQL("(SELECT l.partner_id FROM crm_lead l WHERE l.id = %s)", person)
