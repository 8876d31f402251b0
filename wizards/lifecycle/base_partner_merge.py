from odoo import models

from ...models.lifecycle.crm_lifecycle_mixin import KEEP_TOKEN


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """A merge of contacts keeps all transitions, and the stage that is furthest.

    The foreign keys of the transitions are moved by Odoo itself. The stage is left out
    of the values that Odoo merges, because the last contact would win, not the furthest.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        """Merge the values, then move to the furthest stage."""
        merged = (src_partners | dst_partner).sudo()
        result = super()._update_values(
            src_partners, dst_partner.with_context(lifecycle_keep_stage=KEEP_TOKEN)
        )
        dst_partner.sudo()._lifecycle_merge(merged)
        return result
