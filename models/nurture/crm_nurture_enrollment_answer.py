from odoo import api, fields, models
from odoo.tools import SQL


class CrmNurtureEnrollment(models.Model):
    """What wakes somebody who waits: the answer that the step, or an exit rule, waits for.

    What if a program clicked?
        The step is woken when a burst of clicks would be over, sees through it and waits on.
    And questions about anything else?
        The look around asks them of all who wait for the answer.
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

    def _changes(self, sequence):
        """Let those go on, too, whose condition is fulfilled, or whose date has moved."""
        now = fields.Datetime.now()
        soon = SQL("due_at = %s", now)
        steps = sequence.sudo().watched_step_ids
        woken = [condition for step in steps if (condition := step._woken(now))]
        return super()._changes(sequence) + [(condition, soon) for condition in woken]
