from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """A merge of contacts keeps all memberships, and one open one for each segment.

    Odoo would stop at the second open row, or delete the rows of the contact that goes.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Take the memberships over before Odoo looks at the foreign keys."""
        self.env["crm.segment.member"].sudo()._absorb(
            "partner_id", src_partners.ids, dst_partner.id
        )
        return super()._update_foreign_keys(src_partners, dst_partner)
