from odoo import models
from odoo.fields import Domain

from ..erasure.redaction import Redactor


class CrmPrivacyRequest(models.Model):
    """What becomes of the former requests of a person who is erased.

    What is deleted?
        The copies of the data, the values before and after a correction, the addresses, what
        the person wrote, and the mails. Number, type and dates stay: they are the register.
    And the requests that are not answered yet?
        They stay until they are: the person waits for an answer.
    """

    _inherit = "crm.privacy.request"

    def _run_erasure(self):
        """Forget the former requests of the person too, before the search for what is left."""
        identity = self.sudo()._identity()
        self._former_requests(identity)._forget_as_former(identity)
        return super()._run_erasure()

    def _former_requests(self, identity):
        """Give the other answered requests of the person."""
        same = (
            Domain("partner_id", "in", list(identity.partner_ids))
            | Domain("lead_id", "in", list(identity.lead_ids))
            | Domain("email_normalized", "in", list(identity.emails))
        )
        answered = Domain("state", "in", ("done", "refused")) & Domain("id", "not in", self.ids)
        return self.sudo().search(same & answered)

    def _forget_as_former(self, identity):
        """Delete what these requests hold of the person."""
        if not self:
            return
        own = self.with_context(tracking_disable=True)
        own.archive_id.unlink()
        own.part_ids.unlink()
        own.change_ids.write({"old_value": False, "new_value": False, "purged": True})
        redactor = Redactor(identity)
        self._forget_messages(redactor)
        names = ("email", "phone", "details", "verification_note", "proof_reason")
        own.write(dict.fromkeys(names, False))
        own.filtered(lambda request: request.copy_state == "delivered").copy_state = "deleted"
        self.env.flush_all()
        self.env["crm.privacy.erasure"].sudo()._redact_rows(self._name, self.ids, redactor)
        self.env.invalidate_all()
