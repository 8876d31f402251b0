from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmPrivacyRequest(models.Model):
    """A person under a legal hold is not erased while it lasts (article 17(3)(e))."""

    _inherit = "crm.privacy.request"

    def _check_erasable(self):
        """Refuse to erase who is under a legal hold.

        :raise UserError: names the hold and the way out
        """
        result = super()._check_erasable()
        identity = self._identity_records()
        today = fields.Date.context_today(self)
        domain = (
            Domain("partner_id", "in", list(identity.partner_ids))
            | Domain("lead_id", "in", list(identity.lead_ids))
        ) & (Domain("date_end", "=", False) | Domain("date_end", ">=", today))
        if hold := self.env["crm.privacy.hold"].sudo().search(domain, limit=1):
            raise UserError(
                self.env._(
                    "A legal hold keeps the data of this person: %(reason)s. Refuse the request"
                    " with this reason (article 17(3)(e)), or end the hold first.",
                    reason=hold.reason,
                )
            )
        return result
