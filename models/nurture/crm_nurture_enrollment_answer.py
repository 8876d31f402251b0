from odoo import api, fields, models
from odoo.tools import SQL


class CrmNurtureEnrollment(models.Model):
    """What wakes somebody who waits: the answer that the step, or an exit rule, waits for.

    What if a program clicked?
        The step is woken when a burst of clicks would be over, sees through it and waits on.
    What if the engine is just working on somebody?
        Then the look around wakes the person a few minutes later.
    """

    _inherit = "crm.nurture.enrollment"

    @api.model
    def _wake_by_traces(self, traces):
        """Wake those who wait for what happened to these messages, or leave by it."""
        if not traces:
            return
        settings = self.env["res.config.settings"]._touchpoint_settings()
        now = fields.Datetime.now()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_nurture_enrollment SET due_at = %(soon)s WHERE id IN (
                    SELECT e.id FROM crm_nurture_enrollment e
                      JOIN crm_nurture_step s ON s.id = e.step_id
                      JOIN crm_nurture_sequence q ON q.id = e.sequence_id
                     WHERE e.state = 'waiting' AND e.due_at > %(soon)s
                       AND e.id IN (SELECT enrollment_id FROM crm_nurture_delivery
                                     WHERE trace_id = ANY(%(traces)s))
                       AND (s.kind = 'condition' AND s.check <> 'domain'
                            OR q.stop_on_reply AND EXISTS (
                               SELECT FROM mailing_trace t WHERE t.id = ANY(%(traces)s)
                                  AND t.reply_datetime IS NOT NULL))
                       FOR UPDATE OF e SKIP LOCKED)
                """,
                soon=fields.Datetime.add(now, seconds=settings["bot_window"] + 1),
                traces=list(traces.ids),
            )
        )
        if self.env.cr.rowcount:
            self.invalidate_model(["due_at"])
            self._wake()

    @api.model
    def _wake_answered(self, sequence):
        """Let those go on whose condition is fulfilled meanwhile."""
        waiting = (
            self.env["crm.nurture.step"]
            .sudo()
            .search(
                [
                    ("sequence_id", "=", sequence.id),
                    ("kind", "=", "condition"),
                    ("timeout_number", ">", 0),
                ]
            )
        )
        for step in waiting:
            here = SQL(
                "SELECT w.id FROM crm_nurture_enrollment w WHERE w.step_id = %s"
                " AND w.state = 'waiting' AND w.due_at > %s",
                step.id,
                fields.Datetime.now(),
            )
            find = step._matching_enrollments if step.check == "domain" else step._answered
            self._change(
                sequence,
                SQL("e.id IN (SELECT * FROM (%s) fulfilled)", find(here)),
                SQL("due_at = %s", fields.Datetime.now()),
            )
