from odoo import api, fields, models
from odoo.tools import SQL

from ..lifecycle.long_statement import CONCURRENCY

#: After so many minutes it is asked again whether a message may leave that had to wait.
WAIT_MINUTES = 60

#: Rules that take the last message back as well, when somebody has come to the end.
ALWAYS = ("archived", "reply", "unsubscribed")

#: Whose messages these are, and what was said about the sequence meanwhile.
WAITING = """
    SELECT t.id, e.id AS enrollment, d.step_id AS step,
           o.id IS NOT NULL AS optout, twin.id IS NOT NULL AS twin,
           CASE WHEN e.state = 'goal' OR e.state = 'exited' AND e.cause IS DISTINCT FROM 'exit'
                THEN COALESCE(e.cause, 'rule') END AS cause,
           e.left_at IS NOT NULL AS finished
      FROM mailing_trace t
      JOIN crm_nurture_delivery d ON d.trace_id = t.id
      JOIN crm_nurture_enrollment e ON e.id = d.enrollment_id
      LEFT JOIN %(table)s r ON r.id = e.%(subject)s
      LEFT JOIN LATERAL (
           SELECT id FROM crm_nurture_optout o WHERE o.sequence_id = %(sequence)s
              AND o.email IN (r.email_normalized, t.email) LIMIT 1) o ON TRUE
      LEFT JOIN LATERAL (
           SELECT w.id FROM mailing_trace w
            WHERE w.email = t.email AND w.mass_mailing_id = t.mass_mailing_id AND w.id < t.id
              AND w.res_id <> t.res_id AND w.trace_status IN ('outgoing', 'sent')
              AND w.create_date > t.create_date - INTERVAL '1 hour' LIMIT 1) twin ON TRUE
     WHERE t.id = ANY(%(traces)s)
"""


class CrmNurtureDelivery(models.Model):
    """Whether a message that the engine handed over may leave now.

    What may happen while it waits in the queue?
        The person answers, reaches the goal, unsubscribes or leaves by any other rule of the
        sequence: it does not leave at all. The rules are asked here as the engine asks them
        before a step; nobody waits for the next look around.
    And the last message of somebody who has come to the end?
        Leaves, unless the person answered, unsubscribed, or the record is archived: the steps
        after the message may have fulfilled an exit rule themselves.
    And if sales begin to work with the person, or the sequence is paused?
        It waits, and leaves when that is over.
    And if its hour is over, because the mail server did not answer, or sales held it?
        It waits for the next sending hours of the person.
    What if two engines wrote to two leads of the same person at the same moment?
        The first one leaves.
    """

    _inherit = "crm.nurture.delivery"

    @api.model
    def _at_last(self, sequence, traces):
        """Tell which messages of a sequence may not leave, and which may not leave now.

        :return: dict of trace id -> (failure type, text), and of trace id -> (until when, why)
        """
        for model in ("crm.nurture.enrollment", "crm.nurture.optout", "mailing.trace"):
            self.env[model].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                WAITING,
                table=SQL.identifier(self.env[sequence.model]._table),
                subject=SQL.identifier(sequence._subject()),
                sequence=sequence.id,
                traces=list(traces.ids),
            )
        )
        try:
            with self.env.cr.savepoint():
                rules = self._rules_at_last(sequence, rows)
        except CONCURRENCY:
            raise
        except Exception as error:  # noqa: BLE001 - a broken filter stops no other mail
            self.env.invalidate_all(flush=False)
            sequence._note_problem(error)
            words = self.env._("A filter of the sequence does not work.")
            return {}, {row["id"]: (self._ask_again(), words) for row in rows}
        refused, waiting = self._verdicts(sequence, rows, rules)
        rest = [row for row in rows if row["id"] not in refused and row["id"] not in waiting]
        return refused, waiting | self._until_open(sequence, rest)

    @api.model
    def _ask_again(self):
        return fields.Datetime.add(fields.Datetime.now(), minutes=WAIT_MINUTES)

    @api.model
    def _until_open(self, sequence, rows):
        """Give whom the sending hours keep from their messages by now: trace id -> (until, why)."""
        if not sequence.sudo().calendar_id or not rows:
            return {}
        step = self.env["crm.nurture.step"].browse(rows[0]["step"])
        enrollments = self.env["crm.nurture.enrollment"].browse(row["enrollment"] for row in rows)
        closed = step._closed_until(enrollments)
        words = self.env._("It waits for the sending hours.")
        return {
            row["id"]: (closed[row["enrollment"]], words)
            for row in rows
            if row["enrollment"] in closed
        }

    @api.model
    def _rules_at_last(self, sequence, rows):
        """Give the rule that each of the enrollments fulfils: dict of id -> (state, cause)."""
        enrollments = self.env["crm.nurture.enrollment"]
        leaving, holding = (
            enrollments._leaving_rules(sequence),
            # of a restriction the gate tells: it cancels, because waiting is a use as well
            [rule for rule in enrollments._holding_rules(sequence) if rule[1] != "restricted"],
        )
        found = {}
        for finished in (False, True):
            ids = [row["enrollment"] for row in rows if row["finished"] is finished]
            rules = [rule for rule in leaving if not finished or rule[1] in ALWAYS] + holding
            if ids and rules:
                scope = SQL("e.id = ANY(%s)", ids)
                query = enrollments._first_rule(rules, scope)
                found |= {key: rules[number][:2] for key, number in self.env.execute_query(query)}
        return found

    @api.model
    def _verdicts(self, sequence, rows, rules):
        refused, waiting = {}, {}
        for row in rows:
            state, cause = rules.get(row["enrollment"], (None, None))
            if row["optout"]:
                state, cause = "exited", "unsubscribed"
            elif row["cause"]:
                state, cause = "exited", row["cause"]
            if state and state != "held":
                refused[row["id"]] = self._refusal(cause)
            elif row["twin"]:
                refused[row["id"]] = self._refusal(None)
            elif state == "held":
                waiting[row["id"]] = (self._ask_again(), self._words(cause))
            elif sequence.state == "paused":
                waiting[row["id"]] = (self._ask_again(), self.env._("The sequence is paused."))
        return refused, waiting

    @api.model
    def _refusal(self, cause):
        """Give the failure type and the words for a cause; none: somebody else got it."""
        if cause is None:
            return "mail_dup", self.env._("This address gets the same message as another record.")
        words = self._words(cause) or self.env._("Left the sequence before the message did")
        return "mail_optout", words

    @api.model
    def _words(self, cause):
        causes = self.env["crm.nurture.enrollment"]._fields["cause"]
        return dict(causes._description_selection(self.env)).get(cause)
