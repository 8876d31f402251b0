from typing import NamedTuple

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from . import holdout
from .crm_nurture_enrollment import INSIDE
from .crm_nurture_sequence_trigger import LOGS
from .crm_nurture_step import MESSAGES

#: People `r`, the event that brings them, the place `e` where they are, its step `s`, their past.
PEOPLE = """
      FROM (SELECT p.id, p.base, event.date AS event_date, COALESCE(event.date, %(now)s) AS date
              FROM (%(people)s) p
              LEFT JOIN (%(events)s) event (id, date) ON event.id = p.id) r
      LEFT JOIN crm_nurture_enrollment e ON e.sequence_id = %(sequence)s AND e.left_at IS NULL
                                        AND e.%(subject)s = r.id
      LEFT JOIN crm_nurture_step s ON s.id = e.step_id
           %(past)s
           %(parts)s
"""

#: Whom the sequence is for, and who is inside, as far as the reader may see them.
EVERYBODY = """
    SELECT p.id, p.base
      FROM (SELECT COALESCE(b.id, i.id) AS id, b.id IS NOT NULL AS base
              FROM (%(base)s) b
              FULL JOIN (SELECT %(subject)s AS id FROM crm_nurture_enrollment
                          WHERE sequence_id = %(sequence)s AND left_at IS NULL) i ON i.id = b.id) p
      JOIN (%(visible)s) visible ON visible.id = p.id
"""


#: What is told before the parts of the audience: it says more.
TOLD_FIRST = ("again", "archived")


class Rule(NamedTuple):
    """One rule about a person: inside, ready to come in, or out; its name; its condition."""

    group: str
    code: str
    condition: SQL


class CrmNurtureSequence(models.Model):
    """Why somebody is in a sequence, is not in it, or waits: the first rule that decides.

    Are these the rules of the engine?
        The very same: `_audience_parts` and `_closed_doors` say who comes in, the leaving and
        the holding rules of the enrollments who leaves and who waits. Here they are only put in
        an order, and asked one by one.
    Which order?
        Of somebody inside: what takes them out, what holds them up, else the next step. Of
        somebody outside: the past in the sequence, the parts of the audience, what keeps them
        out, the hold-out, and at last what they wait for. The last rule is that of everybody, so
        each person has exactly one first rule.
    Who is everybody?
        The members of the segment; without a segment who matches the filter; and who is inside.
        Each reader counts whom the reader may see.
    """

    _inherit = "crm.nurture.sequence"

    def _why_rules(self):
        """Give the rules in the order in which they are told."""
        self.ensure_one()
        sequence = self.sudo()
        rules = [
            *sequence._why_leaving(),
            *sequence._why_waiting(),
            *sequence._why_outside(),
            *sequence._why_ready(),
        ]
        return self._why_once(rules)

    def _why_once(self, rules):
        """Tell a rule once that two parts of the engine ask for."""
        found = {}
        for rule in rules:
            known = found.setdefault(rule.code, rule)
            if known is not rule:
                either = SQL("(%s OR %s)", known.condition, rule.condition)
                found[rule.code] = known._replace(condition=either)
        return list(found.values())

    def _why_leaving(self):
        """Give who inside is about to leave."""
        enrollments = self.env["crm.nurture.enrollment"]
        inside = SQL("e.id IS NOT NULL AND e.state IN %s", INSIDE)
        return [
            Rule("inside", f"leaves_{cause}", SQL("%s AND %s", inside, condition))
            for _state, cause, condition in enrollments._leaving_rules(self)
        ]

    def _why_waiting(self):
        """Give who inside stays where they are, and why."""
        now = fields.Datetime.now()
        due = SQL("e.due_at <= %s", now)
        waits = SQL("e.id IS NOT NULL AND e.state = 'waiting'")
        held = SQL("e.id IS NOT NULL AND (e.state = 'held' OR e.state = 'waiting' AND %s)", due)
        later = SQL("%s AND NOT %s", waits, due)
        return [
            Rule("out", "holdout", SQL("e.id IS NOT NULL AND e.state = 'holdout'")),
            Rule("inside", "quarantine", SQL("e.id IS NOT NULL AND e.state = 'quarantine'")),
            Rule("inside", "paused", SQL("e.id IS NOT NULL AND e.state = 'paused'")),
            *self._why_braked("holds", held),
            Rule("inside", "released", SQL("e.id IS NOT NULL AND e.state = 'held'")),
            Rule("inside", "due", SQL("%s AND %s", waits, due)),
            *self._why_put_off(waits),
            Rule("inside", "waiting", waits),
            *self._why_braked("then", later),
        ]

    def _why_braked(self, prefix, scope):
        """Give whom the brakes of the sequence hold up, or will hold up."""
        brakes = self.env["crm.nurture.enrollment"]._holding_rules(self)
        return [
            Rule("inside", f"{prefix}_{cause}", SQL("%s AND %s", scope, condition))
            for _state, cause, condition in brakes
        ]

    def _why_put_off(self, waits):
        """Give who comes to a step later than it was due at first."""
        hours = SQL("s.kind IN %s AND %s", tuple(MESSAGES), bool(self.calendar_id))
        reasons = {
            "trouble": SQL("e.cause = 'trouble'"),
            "cap": SQL("e.held_by = 'cap'"),
            "budget": SQL("e.held_by = 'budget'"),
            "hours": hours,
        }
        return [
            Rule("inside", code, SQL("%s AND %s", waits, reason))
            for code, reason in reasons.items()
        ]

    def _why_outside(self):
        """Give who does not come in."""
        doors = [door for door in self._closed_doors() if door[0] != "inside"]
        conditions = [
            *(door for door in doors if door[0] in TOLD_FIRST),
            *self._why_parts(),
            *(door for door in doors if door[0] not in TOLD_FIRST),
        ]
        if self.holdout_percent:
            held_out = holdout.is_held_out_sql(self.id, SQL("r.id"), self.holdout_percent)
            conditions.append(("held_out", held_out))
        return [
            Rule("out", code, SQL("e.id IS NULL AND %s", condition))
            for code, condition in conditions
        ]

    def _why_parts(self):
        """Give who is not in the audience, by its parts as far as they explain it."""
        parts = [
            (code, SQL("%s IS NULL", SQL.identifier(f"part_{code}", "id")))
            for code, _query in self._why_part_queries()
        ]
        # who may not be seen by the owner is in no part
        visible = SQL("%s IS NOT NULL AND", SQL.identifier("part_hidden", "id"))
        return [
            (
                code,
                condition if code in ("hidden", "audience") else SQL("%s %s", visible, condition),
            )
            for code, condition in parts
        ]

    def _why_part_queries(self):
        """Give who is in each part of the audience, and in all of it: list of (rule, query)."""
        target = self._target()
        return [
            ("hidden", target._search([], active_test=False)),
            *(
                (code, target._search(domain, active_test=False))
                for code, domain in self._audience_parts()
            ),
            ("audience", self._audience()),
        ]

    def _why_ready(self):
        """Give who may come in, by what they wait for; at last a rule that is everybody's."""
        outside = SQL("e.id IS NULL")
        if self.state == "closed":
            return [Rule("out", "closed", outside)]
        rules = [Rule("ready", "event", SQL("%s AND r.event_date IS NOT NULL", outside))]
        if self._begins_with_all():
            rules.insert(0, Rule("ready", "present", outside))
        rest = "manual" if self.trigger == "manual" else "trigger"
        return [*rules, Rule("ready", rest, outside)]

    # ------------------------------------------------------------
    # The statement
    # ------------------------------------------------------------

    def _why_from(self, people):
        """Give what the rules are asked about.

        :param SQL people: query of id, and whether the sequence is for them (`base`)
        """
        sequence = self.sudo()
        return SQL(
            PEOPLE,
            now=fields.Datetime.now(),
            people=people,
            events=sequence._why_events(),
            sequence=sequence.id,
            subject=SQL.identifier(sequence._subject()),
            past=sequence._past_sql(),
            parts=SQL(" ").join(
                SQL(
                    "LEFT JOIN (%s) %s ON %s = r.id",
                    query.select(),
                    SQL.identifier(f"part_{code}"),
                    SQL.identifier(f"part_{code}", "id"),
                )
                for code, query in sequence._why_part_queries()
            ),
        )

    def _why_events(self):
        """Give the events that the next look around will find."""
        if self.version_id and self.trigger in LOGS:
            return self._of_audience(self._events())
        if self.version_id and self.trigger == "anniversary":
            return self._of_audience(self._anniversaries())
        return SQL("SELECT NULL::int AS id, NULL::timestamp AS date WHERE FALSE")

    def _why_everybody(self):
        """Give the query of all whom the sequence is for or leads, that the reader may see."""
        sequence = self.sudo()
        return SQL(
            EVERYBODY,
            base=sequence._why_base().select(),
            subject=SQL.identifier(sequence._subject()),
            sequence=sequence.id,
            visible=self.env[sequence.model]._search([], active_test=False).select(),
        )

    def _why_base(self):
        """Give the query of whom the sequence is for: before anything keeps somebody out."""
        if not self.segment_id:
            return self._audience()
        people = self.env[self.model].with_context(active_test=False)
        return people._search(self.segment_id._members_domain())

    def _why_found(self, rules):
        """Give the query of everybody with the number of the first rule."""
        cases = SQL(" ").join(
            SQL("WHEN %s THEN %s", rule.condition, number) for number, rule in enumerate(rules)
        )
        return SQL(
            "SELECT r.id, r.base, CASE %s END AS rule %s",
            cases,
            self._why_from(self._why_everybody()),
        )

    def _why_counts(self):
        """Count everybody by the first rule: list of (rule, people, of them whom it is for)."""
        self.env.flush_all()
        rules = self._why_rules()
        rows = self.env.execute_query(
            SQL(
                "SELECT rule, COUNT(*), COUNT(*) FILTER (WHERE base) FROM (%s) found"
                " GROUP BY rule ORDER BY rule",
                self._why_found(rules),
            )
        )
        return [(rules[number], count, base) for number, count, base in rows]

    def _why_domain(self, *codes):
        """Give the domain of those whose first rule is one of these."""
        self.env.flush_all()
        rules = self._why_rules()
        numbers = tuple(n for n, rule in enumerate(rules) if rule.code in codes)
        if not numbers:
            return Domain.FALSE
        found = SQL(
            "SELECT found.id FROM (%s) found WHERE rule IN %s", self._why_found(rules), numbers
        )
        # as an array they are found once, whatever else is asked of the records
        return Domain("id", "in", SQL("(SELECT unnest(ARRAY(%s)))", found))

    def _why_of(self, record):
        """Give all rules that hold for one lead or contact, the one that decides first."""
        self.env.flush_all()
        rules = self._why_rules()
        conditions = SQL(", ").join(SQL("COALESCE(%s, FALSE)", rule.condition) for rule in rules)
        people = SQL("SELECT %s::int AS id, TRUE AS base", record.id)
        [(holds,)] = self.env.execute_query(
            SQL("SELECT ARRAY[%s] %s", conditions, self._why_from(people))
        )
        return [rule for rule, hold in zip(rules, holds, strict=True) if hold]
