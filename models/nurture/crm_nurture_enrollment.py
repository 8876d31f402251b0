from odoo import api, fields, models
from odoo.tools import SQL

#: States of somebody who is inside.
INSIDE = ("waiting", "paused", "held", "quarantine")

#: Why somebody left, or waits otherwise than for the next step.
CAUSES = [
    ("end", "Came to the end"),
    ("exit", "Came to an exit"),
    ("goal", "Reached the goal"),
    ("rule", "Matched the exit rule"),
    ("segment", "Left the segment"),
    ("reply", "Answered"),
    ("unsubscribed", "Wants no more of these messages"),
    ("archived", "Archived or lost"),
    ("company", "Belongs to another company"),
    ("merged", "Merged with somebody inside"),
    ("hand", "Taken out by hand"),
    ("closed", "The sequence was closed"),
    ("sales", "A quotation or a meeting is open"),
    ("restricted", "Processing is restricted"),
    ("trouble", "A step failed and is tried again"),
    ("failed", "A step failed"),
]


class CrmNurtureEnrollment(models.Model):
    """One lead or contact in one version of a sequence: at which step, until when.

    Which states are there?
        *waiting* until `due_at`; *paused* with its sequence; *held* while sales are at work;
        *quarantine* after a failure, with the reason. Those have left: *done* at the end, *goal*
        reached, *exited* by a rule; *holdout* never gets anything. `cause` says why, `reason`
        adds what is not in the cause, such as the message of a failure.
    Who reached the goal?
        Who has a `goal_at`: also who was held out or had left before, so that both can be
        compared.
    What is a round?
        How many times the same person has come in, this time included.
    Who changes it?
        Only the engine and the actions of the sequence.
    """

    _name = "crm.nurture.enrollment"
    _description = "Enrollment in a Sequence"
    _order = "entered_at desc, id desc"
    _log_access = False  # hundreds of thousands of rows are written at once, by the engine alone

    sequence_id = fields.Many2one("crm.nurture.sequence", required=True, ondelete="cascade")
    version_id = fields.Many2one("crm.nurture.version", required=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", ondelete="cascade", index="btree_not_null")
    lead_id = fields.Many2one("crm.lead", ondelete="cascade", index="btree_not_null")
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("paused", "Paused"),
            ("held", "On hold"),
            ("quarantine", "Quarantine"),
            ("done", "Finished"),
            ("goal", "Goal reached"),
            ("exited", "Left"),
            ("holdout", "Hold-out"),
        ],
        required=True,
        default="waiting",
    )
    step_id = fields.Many2one("crm.nurture.step", "At Step", ondelete="restrict")
    arrived_at = fields.Datetime("At This Step since")
    due_at = fields.Datetime("Next Step on")
    round = fields.Integer(default=1, required=True)
    entered_at = fields.Datetime("Entered", required=True, default=fields.Datetime.now)
    left_at = fields.Datetime("Left")
    goal_at = fields.Datetime("Goal Reached on")
    cause = fields.Selection(CAUSES, "Why")
    reason = fields.Char("Details", help="Why somebody left, is on hold or in quarantine.")
    tries = fields.Integer(default=0, help="How often the step has failed in a row.")

    _due_idx = models.Index("(due_at, id) WHERE state = 'waiting'")
    _step_idx = models.Index("(step_id) WHERE step_id IS NOT NULL")
    _sequence_partner_idx = models.Index("(sequence_id, partner_id) WHERE partner_id IS NOT NULL")
    _sequence_lead_idx = models.Index("(sequence_id, lead_id) WHERE lead_id IS NOT NULL")
    _one_partner_inside = models.UniqueIndex(
        "(sequence_id, partner_id) WHERE left_at IS NULL AND partner_id IS NOT NULL",
        "This contact is in the sequence already.",
    )
    _one_lead_inside = models.UniqueIndex(
        "(sequence_id, lead_id) WHERE left_at IS NULL AND lead_id IS NOT NULL",
        "This lead is in the sequence already.",
    )
    _left_idx = models.Index("(left_at) WHERE left_at IS NOT NULL")
    _one_subject = models.Constraint(
        "CHECK((partner_id IS NULL) != (lead_id IS NULL))",
        "An enrollment is that of a lead or of a contact.",
    )

    @api.depends("partner_id", "lead_id", "sequence_id")
    def _compute_display_name(self):
        for enrollment in self:
            who = enrollment.lead_id or enrollment.partner_id
            enrollment.display_name = f"{who.display_name} ({enrollment.sequence_id.name})"

    def _records(self):
        """Give the leads or contacts of enrollments in one sequence, in their order."""
        subject = self.sequence_id._subject()
        return self.env[self._fields[subject].comodel_name].browse(
            enrollment[subject].id for enrollment in self
        )

    def _leave(self, state, reason=False, cause=False):
        """Take them out: finished, at the goal, or by a rule."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_nurture_enrollment SET %s WHERE id = ANY(%s)",
                self._as_left(state, cause, reason),
                list(self.ids),
            )
        )
        self.invalidate_recordset()

    @api.model
    def _as_left(self, state, cause, reason=False):
        """Give the assignments of whoever leaves, whatever takes them out."""
        now = fields.Datetime.now()
        return SQL(
            "state = %s, cause = %s, reason = %s, left_at = %s, due_at = NULL, held_by = NULL,"
            " goal_at = %s",
            state,
            cause or None,
            reason or None,
            now,
            now if state == "goal" else SQL("goal_at"),
        )

    def _put_off(self, moments):
        """Let them come to the same step again later.

        :param dict moments: enrollment id -> when
        """
        if not moments:
            return
        self.env.cr.execute(
            SQL(
                "UPDATE crm_nurture_enrollment e SET due_at = r.due_at"
                " FROM unnest(%s::int[], %s::timestamp[]) r (id, due_at) WHERE e.id = r.id",
                list(moments),
                list(moments.values()),
            )
        )
        self.invalidate_model(["due_at"])

    def action_retry(self):
        """Let those in quarantine try their step again, now."""
        self.sequence_id.check_access("write")
        stuck = self.sudo().filtered(lambda one: one.state == "quarantine")
        for running, enrollments in stuck.grouped(
            lambda one: one.sequence_id.state == "running"
        ).items():
            enrollments.write(
                {
                    "state": "waiting" if running else "paused",
                    "due_at": fields.Datetime.now(),
                    "tries": 0,
                    "cause": False,
                    "reason": False,
                }
            )
        self._wake()

    def action_leave(self):
        """Take people out by hand."""
        self.sequence_id.check_access("write")
        inside = self.sudo().filtered(lambda one: one.state in INSIDE)
        inside._leave("exited", cause="hand")

    @api.model
    def _set_state(self, before, after, sequence_ids):
        """Set the state of all in one state, in one statement.

        Those whom the engine is working on are left to it, see `_stop_with`: a pause never waits.
        """
        self.flush_model(["state"])
        self.env.cr.execute(
            SQL(
                "UPDATE crm_nurture_enrollment SET state = %s WHERE id IN ("
                "SELECT id FROM crm_nurture_enrollment"
                " WHERE state = %s AND sequence_id = ANY(%s) FOR UPDATE SKIP LOCKED)",
                after,
                before,
                list(sequence_ids),
            )
        )
        self.invalidate_model(["state"])
