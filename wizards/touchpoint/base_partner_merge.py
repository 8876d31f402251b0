from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """A merge of contacts keeps all that happened with each of them.

    The contacts with a person have no foreign key, and Odoo leaves the traces of mailings where
    they are: both are carried over here, so that later openings and clicks find their person.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Carry over the contacts, then find the first and the last one of all of them."""
        result = super()._update_foreign_keys(src_partners, dst_partner)
        if src_partners:
            merged = src_partners.ids
            self.env["crm.touchpoint"].sudo()._repoint("partner_id", merged, dst_partner.id)
            self.env["crm.touchpoint.summary"].sudo()._drop("partner_id", merged)
            traces = self.env["mailing.trace"].sudo()
            traces._repoint("res.partner", merged, dst_partner.id)
            dst_partner._refresh_touch_summary()
            dst_partner._touch_dependents()._refresh_touch_summary()
        return result
