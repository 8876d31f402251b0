from odoo import fields, models
from odoo.tools import SQL

from . import compared, lift

LIFT = """
    SELECT e.state = 'holdout',
           COUNT(*) FILTER (WHERE %(mature)s),
           COUNT(*) FILTER (WHERE %(mature)s AND %(success)s),
           COUNT(*) FILTER (WHERE %(subject)s AND NOT %(mature)s),
           COUNT(*) FILTER (WHERE e.round = 1 AND e.entered_at < q.compared_since)
      FROM crm_nurture_enrollment e JOIN crm_nurture_sequence q ON q.id = e.sequence_id
     WHERE e.id IN %(visible)s GROUP BY 1
"""


class CrmNurtureSequence(models.Model):
    """What the sequence brings: those led beside those held out.

    Who is compared?
        See `compared`: each person once, and only who has been there for the days that the goal
        counts. Who came in too lately is not counted yet, and the screen says so.
    What if the goal or the hold-out share is changed?
        The comparison begins anew: who came in before was led, or held out, under other rules.
        A goal that counts for fewer days than before changes nothing.
    Whose figures does a salesperson see?
        Those of the own people, as everywhere; mostly they are too few to say anything.
    """

    _inherit = "crm.nurture.sequence"

    compared_since = fields.Datetime(readonly=True, copy=False)

    def write(self, vals):
        """Begin the comparison anew when other people would be compared."""
        watched = {"goal_stage_id", "goal_domain", "goal_days", "holdout_percent"}
        if watched.isdisjoint(vals):
            return super().write(vals)
        before = {sequence: sequence._comparison() for sequence in self}
        result = super().write(vals)
        self.filtered(lambda one: one._is_compared_otherwise(*before[one]))._compare_anew()
        return result

    def _comparison(self):
        rules = (self.goal_stage_id, self.goal_domain, self.holdout_percent)
        return rules, self.goal_days

    def _is_compared_otherwise(self, rules, days):
        if self.state == "draft":
            return False
        now_rules, now_days = self._comparison()
        return rules != now_rules or days < now_days

    def _compare_anew(self):
        if not self:
            return
        self.write({"compared_since": fields.Datetime.now()})
        former = self.env["crm.nurture.tally"].sudo()
        former.search([("sequence_id", "in", self.ids), ("compared", ">", 0)]).write(
            {"compared": 0, "successes": 0}
        )

    def _lift(self):
        """Give the success of those led and those held out, and what the difference says."""
        self.ensure_one()
        if not self._has_goal():
            return {"state": "no_goal"}
        sides = self._compared_counts()
        led, held = sides[False], sides[True]
        if not self.holdout_percent and not held["number"]:
            return {"state": "no_holdout"}
        return {
            "state": "shown",
            "led": led,
            "held": held,
            "lately": led["lately"] + held["lately"],
            "earlier": led["earlier"] + held["earlier"],
            "days": self.goal_days,
            "since": self.compared_since,
            **lift.compare(led["successes"], led["number"], held["successes"], held["number"]),
        }

    def _has_goal(self):
        return self.sudo()._at_goal(SQL("NULL::int")) is not None

    def _compared_counts(self):
        """Give how many can be compared, and their successes: dict of held out? -> counts."""
        names = ("number", "successes", "lately", "earlier")
        sides = {held: dict.fromkeys(names, 0) for held in (False, True)}
        for held, *counts in self._living_comparison() + self._former_comparison():
            for name, count in zip(names, counts, strict=True):
                sides[held][name] += count
        return sides

    def _living_comparison(self):
        self.env.flush_all()
        visible = self.env["crm.nurture.enrollment"]._search([("sequence_id", "=", self.id)])
        return self.env.execute_query(
            SQL(
                LIFT,
                mature=compared.MATURE,
                success=compared.SUCCESS,
                subject=compared.SUBJECT,
                visible=visible.subselect(),
            )
        )

    def _former_comparison(self):
        rows = self.env["crm.nurture.tally"]._read_group(
            [("sequence_id", "=", self.id), ("step_id", "=", False), ("compared", ">", 0)],
            ["outcome"],
            ["compared:sum", "successes:sum"],
        )
        return [(outcome == "holdout", *counts, 0, 0) for outcome, *counts in rows]
