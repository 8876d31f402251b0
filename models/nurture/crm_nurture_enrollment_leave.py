from odoo import fields, models
from odoo.tools import SQL

from .crm_nurture_enrollment import INSIDE

#: An answer to a message of the sequence, or one that was noted in any other way.
REPLIED = """
    EXISTS (SELECT FROM crm_nurture_delivery d JOIN mailing_trace t ON t.id = d.trace_id
             WHERE d.enrollment_id = e.id AND t.reply_datetime IS NOT NULL)
    OR EXISTS (SELECT FROM crm_touchpoint c
                WHERE c.%(subject)s = e.%(subject)s AND c.event IN ('replied', 'received')
                  AND c.date > e.entered_at AND NOT c.is_bot)
"""


class CrmNurtureEnrollment(models.Model):
    """Who leaves before the end, and who waits: the rules of the sequence, for many at once.

    When?
        Before a step, for those who are due; and for all inside, every few minutes: one statement
        for each sequence. Rows that the engine is just working on are left to it.
    """

    _inherit = "crm.nurture.enrollment"

    def _departures(self):
        """Give who may not take the next step: dict of id -> (state, cause).

        The state *held* is that of those who only have to wait.
        """
        found = {}
        for sequence, enrollments in self.grouped("sequence_id").items():
            rules = enrollments._leaving_rules(sequence) + enrollments._holding_rules(sequence)
            scope = SQL("e.id = ANY(%s)", list(enrollments.ids))
            rows = self.env.execute_query(self._first_rule(rules, scope))
            found.update({key: rules[number][:2] for key, number in rows})
        return found

    def _leaving_rules(self, sequence):
        person = SQL.identifier("e", sequence._subject())
        rules = sequence._obstacles(person)
        if sequence.stop_on_reply:
            subject = SQL.identifier(sequence._subject())
            rules.append(("exited", "reply", SQL("(%s)", SQL(REPLIED, subject=subject))))
        return rules

    def _holding_rules(self, sequence):
        return sequence._brakes(SQL.identifier("e", sequence._subject()))

    def _first_rule(self, rules, scope):
        """Give the query of who a rule applies to, with the number of the first that does."""
        self.env.flush_all()
        cases = SQL(" ").join(
            SQL("WHEN %s THEN %s", condition, number)
            for number, (_state, _cause, condition) in enumerate(rules)
        )
        return SQL(
            "SELECT * FROM (SELECT e.id, CASE %s END AS rule FROM crm_nurture_enrollment e"
            " WHERE %s) found WHERE rule IS NOT NULL",
            cases,
            scope,
        )

    def _send_away(self):
        """Apply the rules to those who are due; give those who stay."""
        departures = self._departures()
        for (state, cause), ids in self._by_value(departures).items():
            those = self.browse(ids)
            if state == "held":
                those.write({"state": "held", "cause": cause})
            else:
                those._leave(state, cause=cause)
        return self.browse(key for key in self.ids if key not in departures)

    # ------------------------------------------------------------
    # All inside
    # ------------------------------------------------------------

    def _sweep(self, sequence):
        """Let all leave who have to, and go on who need not wait any more; return how many."""
        changes = self._changes(sequence)
        return sum(self._change(sequence, condition, values) for condition, values in changes)

    def _changes(self, sequence):
        """Give whom a look around changes, and how: pairs of a condition of `e` and of values."""
        leaving = self._leaving_rules(sequence)
        changes = [self._departure(*rule) for rule in leaving]
        changes += self._noted_goals(sequence)
        if sequence.state == "running":
            changes.append(self._release(sequence))
        return changes

    def _departure(self, state, cause, condition):
        """Let all those inside leave who fulfil a condition."""
        return SQL("e.state IN %s AND %s", INSIDE, condition), self._as_left(state, cause)

    def _release(self, sequence):
        """Let those on hold go on whom nothing holds any more."""
        still = SQL(" OR ").join(rule[2] for rule in self._holding_rules(sequence))
        return (
            SQL("e.state = 'held' AND NOT (%s)", still),
            SQL("state = 'waiting', cause = NULL, reason = NULL"),
        )

    def _noted_goals(self, sequence):
        """Note who reached the goal without being inside, to compare them with those inside."""
        goal = sequence.sudo()._at_goal(SQL.identifier("e", sequence._subject()))
        if goal is None:
            return []
        now = fields.Datetime.now()
        since = fields.Datetime.subtract(now, days=sequence.goal_days)
        return [
            (
                SQL(
                    "e.state NOT IN %s AND e.goal_at IS NULL AND e.entered_at > %s AND %s",
                    INSIDE,
                    since,
                    goal,
                ),
                SQL("goal_at = %s", now),
            )
        ]

    def _change(self, sequence, condition, assignments):
        """Change the rows of a sequence that fulfil a condition and that nobody works on."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_nurture_enrollment SET %s WHERE id IN ("
                "SELECT e.id FROM crm_nurture_enrollment e WHERE e.sequence_id = %s AND %s"
                " FOR UPDATE OF e SKIP LOCKED)",
                assignments,
                sequence.id,
                condition,
            )
        )
        count = self.env.cr.rowcount
        if count:
            self.invalidate_model()
        return count
