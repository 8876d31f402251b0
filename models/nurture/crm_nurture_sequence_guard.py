from odoo import api, models
from odoo.exceptions import AccessError

#: What only the buttons change, because they check what goes with it.
GUARDED = {"state", "version_id"}


class CrmNurtureSequence(models.Model):
    """Nobody runs a sequence past the checks of its publication, by an import or a call."""

    _inherit = "crm.nurture.sequence"

    @api.model_create_multi
    def create(self, vals_list):
        """Let every sequence begin as a draft."""
        sequences = super().create(vals_list)
        if not self.env.su and any(one.state != "draft" or one.version_id for one in sequences):
            sequences._refuse_state()
        return sequences

    def write(self, vals):
        """Let only the buttons publish, pause and close."""
        if not self.env.su and not GUARDED.isdisjoint(vals):
            self._refuse_state()
        return super().write(vals)

    def _refuse_state(self):
        raise AccessError(
            self.env._(
                "The state of a sequence cannot be written: publish, pause or close it by its"
                " buttons, which check that nobody gets what is not ready."
            )
        )
