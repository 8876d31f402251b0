from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """A merge of contacts keeps their places in the sequences, one in each.

    Odoo would stop at the second one inside, or delete the rows of the contact that goes.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Take the places over before Odoo looks at the foreign keys."""
        self.env["crm.nurture.enrollment"].sudo()._absorb(
            "partner_id", src_partners.ids, dst_partner.id
        )
        return super()._update_foreign_keys(src_partners, dst_partner)
