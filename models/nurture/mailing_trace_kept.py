from odoo import api, models


class MailingTrace(models.Model):
    """A deleted trace leaves what it knew to the delivery of its message."""

    _inherit = "mailing.trace"

    @api.ondelete(at_uninstall=False)
    def _nurture_keep_results(self):
        self.env["crm.nurture.delivery"].sudo()._keep_results(self)
