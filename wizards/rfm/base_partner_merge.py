from odoo import models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """A merge of contacts keeps one row of figures per policy, and all moves.

    Odoo carries the moves over by their foreign key. The figures are one row per contact and
    policy: that of the contact that stays, else one of the merged ones, until the next refresh
    counts their purchases together.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Leave one row of figures per policy, so that the others can be carried over."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM crm_rfm_score score
                 USING crm_rfm_score kept
                 WHERE score.partner_id IN %(merged)s AND kept.partner_id IN %(all)s
                   AND kept.policy_id = score.policy_id
                   AND (kept.partner_id = %(stays)s OR (kept.id < score.id AND NOT EXISTS (
                       SELECT FROM crm_rfm_score own
                        WHERE own.policy_id = score.policy_id AND own.partner_id = %(stays)s)))
                """,
                merged=tuple(src_partners.ids),
                all=tuple((src_partners | dst_partner).ids),
                stays=dst_partner.id,
            )
        )
        self.env["crm.rfm.score"].invalidate_model()
        return super()._update_foreign_keys(src_partners, dst_partner)
