from odoo import models


class CrmLifecycleMixin(models.AbstractModel):
    """Leads and contacts may leave one sequence and go on getting other messages."""

    _inherit = "crm.lifecycle.mixin"

    def _mailing_get_opt_out_list(self, mailing):
        """Give the addresses that want nothing of the sequence of a mailing any more."""
        sequence = mailing.sudo().nurture_sequence_id
        optouts = self.env["crm.nurture.optout"].sudo()
        return set(optouts.search([("sequence_id", "=", sequence.id)]).mapped("email"))

    def _mailing_get_opt_out_list_sms(self, mailing):
        """Give the records whose address wants nothing of the sequence any more."""
        emails = self._mailing_get_opt_out_list(mailing)
        return self.search([("email_normalized", "in", list(emails))]).ids if emails else []
