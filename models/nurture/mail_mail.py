import smtplib

from odoo import models
from odoo.tools import split_every

from . import frequency

#: Before so many mails leave, it is asked once more who may get them.
CHUNK = 50


class MailMail(models.Model):
    """Mails of mailings pass the gate again before they leave, and survive a server that is down.

    What may happen between the queue and the server?
        The person unsubscribes, objects, asks for a restriction, withdraws a consent, answers, or
        leaves the sequence by another of its rules: the mail is cancelled, and the reason is kept.
    What if the sequence is paused, or a quotation is open and the sequence keeps out of the way?
        Its mails wait.
    And if the address was corrected?
        It goes to the new one.
    And a mail that its author sends to try it?
        Goes to its author, and counts nowhere: it has no trace.
    What if the mail server is down, or says "later"?
        The mails of sequences stay in the queue and are tried again, later each time, for two
        days. None is lost. The Message-ID stays the same, so that a mail whose acceptance was
        not heard is recognised as the same.
    """

    _inherit = "mail.mail"

    def _send(
        self,
        auto_commit=False,
        raise_exception=False,
        smtp_session=None,
        alias_domain_id=False,
        mail_server=False,
        post_send_callback=None,
    ):
        """Ask the gate for each few mails, right before they leave."""
        options = {
            "auto_commit": auto_commit,
            "raise_exception": raise_exception,
            "smtp_session": smtp_session,
            "alias_domain_id": alias_domain_id,
            "mail_server": mail_server,
            "post_send_callback": post_send_callback,
        }
        if not self.mailing_id:
            return super()._send(**options)
        for ids in split_every(CHUNK, self.ids):
            mails = self.browse(ids)._nurture_allowed()
            if not mails:
                continue
            try:
                super(MailMail, mails)._send(**options)
            except smtplib.SMTPServerDisconnected as error:
                if raise_exception or not mails._nurture_interrupted(error):
                    raise
                return False
        return True

    def _nurture_allowed(self):
        """Cancel or hold what may not leave now; give the rest."""
        # what has left, or is cancelled, is told by nobody that it was cancelled
        going = self.filtered(lambda mail: mail.state == "outgoing")
        for mailing, mails in going.filtered("mailing_id").grouped("mailing_id").items():
            if mails[0].model != mailing.sudo().mailing_model_real or mails._is_trial():
                continue
            going -= mails._nurture_stopped(mailing.sudo())
        going.sudo().mailing_trace_ids._nurture_trying()
        return going

    def _nurture_stopped(self, mailing):
        """Cancel what may not leave, hold what may not leave now; give both."""
        lost = self._nurture_readdress() if mailing.nurture_sequence_id else self.browse()
        rest, none = self - lost, self.env["mailing.trace"].sudo()
        traces = rest._nurture_traces()
        refused, later = mailing._at_last(
            {mail: (mail.res_id, traces.get(mail.id, none)) for mail in rest}
        )
        for why in set(refused.values()):
            self.filtered(lambda mail, why=why: refused.get(mail) == why)._nurture_cancel(*why)
        for why in set(later.values()):
            self.filtered(lambda mail, why=why: later.get(mail) == why)._nurture_wait(*why)
        return lost.union(*refused, *later)

    def _nurture_traces(self):
        """Give the trace of each mail that has one, by the id of the mail."""
        return {trace.mail_mail_id.id: trace for trace in self.sudo().mailing_trace_ids}

    def _is_trial(self):
        """Tell whether these are sent to their author, to see how they look."""
        return bool(self.env.context.get("mailing_test_mail")) and not self.sudo().mailing_trace_ids

    def _nurture_wait(self, until, why):
        """Let these come again at a moment, to see whether they may leave."""
        self.write({"scheduled_date": until})
        self.sudo().mailing_trace_ids._nurture_hold(until, why)
        self._nurture_wake(until)

    def _nurture_readdress(self):
        """Send to the address that the person has now; cancel and give what has none any more."""
        lost = self.browse()
        records = self.env[self[:1].model].browse(self.mapped("res_id")).exists()
        emails = {record.id: record.email_normalized for record in records}
        contacts = {contact.id: contact.email_normalized for contact in self.recipient_ids}
        traces = self._nurture_traces()
        for mail in self.filtered("mailing_trace_ids"):
            to = mail.recipient_ids.ids
            email = contacts[to[0]] if to else emails.get(mail.res_id)
            if not email:
                lost |= mail
            elif email != traces[mail.id].email:
                mail._nurture_send_to(email)
        if lost:
            words = self.env._("The address was removed before the message left.")
            lost._nurture_cancel("mail_email_missing", words)
        return lost

    def _nurture_send_to(self, email):
        """Send to another address; an address in a field of its own follows by itself."""
        if self.email_to:
            self.email_to = email
        self.sudo().mailing_trace_ids.email = email

    def _nurture_cancel(self, failure_type, reason):
        self.write({"state": "cancel", "failure_type": "mail_optout", "failure_reason": reason})
        self.sudo().mailing_trace_ids._nurture_cancel(failure_type, reason)
        # the history of the person must not say that it was received
        self.sudo().filtered("is_notification").mail_message_id.unlink()

    # ------------------------------------------------------------
    # When the server is down
    # ------------------------------------------------------------

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Keep what may leave later; what did not leave is not called sent."""
        tell = super()._postprocess_sent_message
        later = self._nurture_later(failure_type, failure_reason)
        unsent = self.browse()
        if not failure_type:
            unsent = self.filtered(lambda mail: mail.mailing_id and mail.state == "exception")
        for mail in unsent:
            super(MailMail, mail)._postprocess_sent_message(
                success_pids,
                success_emails,
                failure_reason=mail.failure_reason,
                failure_type=mail.failure_type or "unknown",
            )
        rest = self - later - unsent
        if rest == self:
            return tell(
                success_pids,
                success_emails,
                failure_reason=failure_reason,
                failure_type=failure_type,
            )
        return not rest or super(MailMail, rest)._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )

    def _nurture_later(self, failure_type, reason):
        """Put mails of sequences back into the queue, if they may leave later; give these."""
        if not frequency.is_transient(failure_type, reason):
            return self.browse()
        own = self.filtered(lambda mail: mail.mailing_id.sudo().nurture_sequence_id)
        moments = self.env["crm.nurture.delivery"].sudo()._try_again(own.sudo().mailing_trace_ids)
        later = self.browse()
        for trace, moment in moments.items():
            mail = trace.mail_mail_id.with_env(self.env)
            mail.write({"state": "outgoing", "scheduled_date": moment, "failure_type": False})
            later |= mail
        later._nurture_wake(min(moments.values(), default=None))
        return later

    def _nurture_interrupted(self, error):
        """Put back the mail during which the server went away; tell whether it was one of ours.

        Those after it have not been touched, and are tried by the next run.
        """
        # those that left may be deleted already
        broken = self.exists().filtered(lambda mail: mail.state == "exception")
        own = broken.filtered(lambda mail: mail.mailing_trace_ids[:1].trace_status == "outgoing")
        later = own._nurture_later("mail_smtp", str(error))
        return bool(later)

    def _nurture_wake(self, at=None):
        """Let Odoo send the queue now, or at a moment."""
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action", raise_if_not_found=False)
        if self and cron:
            cron.sudo()._trigger(at)
