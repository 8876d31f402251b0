from odoo import api, models


class MailingMailing(models.Model):
    """A mailing that was opened for a segment keeps the segment and the day in its name.

    Why not by a default?
        Odoo names a mailing after its subject when the form is saved. The name that the
        buttons of the RFM map give is written after that.
    """

    _inherit = "mailing.mailing"

    @api.model_create_multi
    def create(self, vals_list):
        """Name the mailing as the button that opened it says."""
        mailings = super().create(vals_list)
        name = self.env.context.get("rfm_mailing_name")
        if name:
            for mailing in mailings:
                mailing.name = name
        return mailings
