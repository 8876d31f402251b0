from odoo import models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """A merge of contacts keeps one score, the history of all, and no doubled rest.

    Odoo carries history and rests over by their foreign key; of the open rests only that of the
    contact that stays may stay open. The score is made again from all touchpoints.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Let go what may exist only once, so that the rest can be carried over."""
        self.env["crm.score.policy"]._score_repoint("partner_id", src_partners.ids, dst_partner.id)
        self.env.cr.execute(
            SQL("DELETE FROM crm_score WHERE partner_id IN %s", tuple(src_partners.ids))
        )
        self.env["crm.score"].invalidate_model()
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Score the contact that stays with what happened to all of them."""
        result = super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
        people = self.env["res.partner"].sudo().browse(partner_ids).exists()
        people._refresh_scores()
        return result
