from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """A merge of contacts keeps every word of each of them.

    Odoo carries the consents over itself. What follows for the profiles is asked anew: the last
    word of all of them counts. A restriction of one is a restriction of the contact that stays.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Ask again whether the contact that stays is in the profiles."""
        self.env["crm.privacy.consent"].flush_model()
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env["crm.privacy.consent"].invalidate_model(["partner_id"])
        if any(src_partners.sudo().mapped("privacy_restricted")):
            dst_partner.sudo().privacy_restricted = True
        dst_partner._refresh_unprofiled()
        return result
