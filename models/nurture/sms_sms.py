from odoo import api, fields, models

from . import frequency


class SmsSms(models.Model):
    """SMS of mailings pass the gate again before they leave; see `mail.mail`."""

    _inherit = "sms.sms"

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
        going = self
        for mailing, texts in self.filtered("mailing_id").sudo().grouped("mailing_id").items():
            traces = texts.mailing_trace_ids.filtered(
                lambda trace, mailing=mailing: trace.model == mailing.mailing_model_real
            )
            refused = mailing._refused_at_last(traces.mapped("res_id"))
            for trace in traces.filtered(lambda trace, refused=refused: trace.res_id in refused):
                text = texts.filtered(lambda one, trace=trace: one.id == trace.sms_id_int)
                text._update_sms_state_and_trackers("canceled", failure_type="sms_optout")
                trace._nurture_cancel(*refused[trace.res_id])
                going -= text.with_env(self.env)
        return going

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
        if moments:
            cron = self.env.ref("sms.ir_cron_sms_scheduler_action", raise_if_not_found=False)
            if cron:
                cron.sudo()._trigger(min(moments.values()))

    @api.model
    def _process_queue(self):
        """Put back into the queue what is to be tried again by now."""
        deliveries = self.env["crm.nurture.delivery"].sudo()
        due = deliveries.search(
            [("retry_at", "<=", fields.Datetime.now()), ("trace_id.trace_type", "=", "sms")]
        )
        texts = self.sudo().browse(due.trace_id.mapped("sms_id_int")).exists()
        texts.filtered(lambda text: text.state == "error" and not text.to_delete).write(
            {"state": "outgoing", "failure_type": False}
        )
        due.retry_at = False
        return super()._process_queue()
