from odoo import api, fields, models

from . import frequency


class SmsSms(models.Model):
    """SMS of mailings pass the gate again before they leave; see `mail.mail`.

    How does an SMS wait, which Odoo cannot plan?
        It is put aside until a moment of its own; its trace still says that it waits.
    """

    _inherit = "sms.sms"

    nurture_at = fields.Datetime("Waits Until")

    _nurture_idx = models.Index("(nurture_at) WHERE nurture_at IS NOT NULL")

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Cancel what may not leave any more; try again later what the provider did not take."""
        going = self._nurture_allowed() if self.mailing_id else self
        result = going and super(SmsSms, going)._send(
            unlink_failed=unlink_failed, unlink_sent=unlink_sent, raise_exception=raise_exception
        )
        if going.mailing_id:
            going._nurture_later()
        return result

    def _nurture_allowed(self):
        """Cancel or hold what may not leave now; give the rest."""
        going = self
        for mailing, texts in self.filtered("mailing_id").sudo().grouped("mailing_id").items():
            going -= texts._nurture_stopped(mailing).with_env(self.env)
        going.sudo().mailing_trace_ids._nurture_trying()
        return going

    def _nurture_stopped(self, mailing):
        """Cancel what may not leave, hold what may not leave now; give both."""
        traces = {trace.sms_id_int: trace for trace in self.mailing_trace_ids}
        own = self.filtered(
            lambda text: text.id in traces and traces[text.id].model == mailing.mailing_model_real
        )
        waiting = {text: (traces[text.id].res_id, traces[text.id]) for text in own}
        lost = own._nurture_renumber(waiting) if mailing.nurture_sequence_id else self.browse()
        refused, later = mailing._at_last(
            {text: asked for text, asked in waiting.items() if text not in lost}
        )
        for why in set(refused.values()):
            self.filtered(lambda text, why=why: refused.get(text) == why)._nurture_cancel(*why)
        for why in set(later.values()):
            self.filtered(lambda text, why=why: later.get(text) == why)._nurture_wait(*why)
        return lost.union(*refused, *later)

    def _nurture_renumber(self, waiting):
        """Send to the number that the person has now; cancel and give what has none any more."""
        lost = self.browse()
        sequence = self.mailing_id.nurture_sequence_id
        records = self.env[sequence.model].with_company(sequence._sending_company())
        ids = [record_id for record_id, _trace in waiting.values()]
        numbers = records.browse(ids).exists()._sms_get_recipients_info()
        for text, (record_id, trace) in waiting.items():
            number = numbers.get(record_id, {}).get("sanitized")
            if not number:
                lost |= text
            elif number != text.number:
                text.number = trace.sms_number = number
        if lost:
            words = self.env._("The number was removed before the message left.")
            lost._nurture_cancel("sms_number_missing", words)
        return lost

    def _nurture_cancel(self, failure_type, reason):
        self._update_sms_state_and_trackers("canceled", failure_type="sms_optout")
        self.mailing_trace_ids._nurture_cancel(failure_type, reason)

    def _nurture_wait(self, until, why):
        """Let these come again at a moment, to see whether they may leave."""
        self.write({"state": "error", "failure_type": False, "nurture_at": until})
        self.mailing_trace_ids._nurture_hold(until, why)
        self._nurture_wake(until)

    @api.model
    def _nurture_wake(self, at=None):
        """Let Odoo send the queue now, or at a moment."""
        cron = self.env.ref("sms.ir_cron_sms_scheduler_action", raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger(at)

    def _nurture_later(self):
        """Note when the SMS of sequences are tried again that the provider did not take."""
        failed = self.exists().filtered(
            lambda text: (
                text.state == "error"
                and frequency.is_transient(text.failure_type, None)
                and text.mailing_id.sudo().nurture_sequence_id
            )
        )
        moments = (
            self.env["crm.nurture.delivery"].sudo()._try_again(failed.sudo().mailing_trace_ids)
        )
        for trace, moment in moments.items():
            self.browse(trace.sms_id_int).nurture_at = moment
        if moments:
            self._nurture_wake(min(moments.values()))

    @api.model
    def _process_queue(self):
        """Put back into the queue what waited until now."""
        due = self.sudo().search([("nurture_at", "<=", fields.Datetime.now())])
        due._nurture_return()
        return super()._process_queue()

    def _nurture_return(self):
        """Put back into the queue what was put aside."""
        aside = self.filtered(lambda text: text.state == "error" and not text.to_delete)
        aside.action_set_outgoing()
        self.nurture_at = False
