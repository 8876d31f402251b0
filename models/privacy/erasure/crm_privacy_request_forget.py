from odoo import api, fields, models

from .identity import Identity
from .redaction import Redactor


class CrmPrivacyRequest(models.Model):
    """What a request forgets when its erasure is closed, and what happens when keeping ends.

    What stays in the register?
        Number, type, dates, who answered, the places with their counts. Not who it was: not
        the address, not what the person wrote, not what was written to the person.
    What when the law no longer orders to keep something?
        The erasure runs again for the same records, by their numbers, and now takes that too.
        The identity as invoiced goes last: its names are what texts are searched for.
    """

    _inherit = "crm.privacy.request"

    def _forget_identity(self):
        """Forget who it was: the erasure is closed, and the register names nobody."""
        self.ensure_one()
        own = self.sudo().with_context(tracking_disable=True)
        own._forget_messages(Redactor(own._identity()))
        values = dict.fromkeys(("email", "phone", "details", "identity_frozen"), False)
        own.write(values)
        own.identity_ids.unlink()

    def _forget_messages(self, redactor):
        """Delete what was written to and by the person; strike the person out of the rest."""
        self._delete_messages()
        notes = self.message_ids
        engine = self.env["crm.privacy.erasure"].sudo()
        self.env.flush_all()
        engine._redact_rows("mail.message", notes.ids, redactor)
        engine._redact_rows("mail.tracking.value", notes.tracking_value_ids.ids, redactor)
        self.env.invalidate_all()

    def _delete_messages(self):
        """Delete the messages that are not notes of steps, except those that wait to be sent."""
        messages = self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("message_type", "!=", "notification"),
            ]
        )
        mails = self.env["mail.mail"].search([("mail_message_id", "in", messages.ids)])
        waiting = mails.filtered(lambda mail: mail.state == "outgoing").mail_message_id
        self.env.flush_all()
        self.env["crm.privacy.erasure"]._delete_rows("mail.message", (messages - waiting).ids)
        self.env.invalidate_all()

    # ------------------------------------------------------------
    # End of keeping
    # ------------------------------------------------------------

    @api.model
    def _cron_end_of_keeping(self):
        """Erase what had to be kept until yesterday."""
        today = fields.Date.context_today(self)
        self.search([("type", "=", "erasure"), ("state", "=", "done")])._delete_messages()
        due = self.env["crm.privacy.request.line"].search(
            [("state", "=", "kept"), ("keep_until", "<", today)]
        )
        requests = due.request_id.filtered("erased_ids")
        for done, request in enumerate(requests, 1):
            request._end_keeping(today)
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(requests) - done):
                return
        if requests:
            self.env["ir.attachment"].sudo()._gc_file_store()

    def _end_keeping(self, today):
        """Erase the rows of this request that need not be kept any more."""
        legal = self.env["crm.privacy.legal.identity"].sudo()
        kept = legal.search([("partner_id", "in", self.erased_ids["partner_ids"])])
        identity = Identity(**self.erased_ids, names=kept.mapped("name"))
        engine = self.env["crm.privacy.erasure"].sudo()
        self.line_ids.filtered(lambda line: line.state == "kept" and line.keep_until < today).write(
            {"state": "done"}
        )
        engine._erase_identity(identity)
        kept.filtered(lambda record: record.keep_until < today).unlink()
