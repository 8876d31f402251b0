from odoo import api, models


class LinkTrackerClick(models.Model):
    """A deleted click leaves what it told to the delivery of the message.

    The trace keeps the moment of a click, not whether a program made it.
    """

    _inherit = "link.tracker.click"

    @api.ondelete(at_uninstall=False)
    def _nurture_keep_results(self):
        self.env["crm.nurture.delivery"].sudo()._keep_results(self.sudo().mailing_trace_id)
