from odoo import api, models

from .crm_privacy_consent import IN_STEP


class CrmPrivacyExclusionMixin(models.AbstractModel):
    """A list of excluded addresses: who is put on it has objected, who comes off has lifted it.

    A list says in `_privacy_address` where it keeps the address and where a consent does, and in
    `_privacy_channels` which channels it closes.
    """

    _name = "crm.privacy.exclusion.mixin"
    _description = "List of Excluded Addresses"

    _privacy_address = ("", "")
    _privacy_channels = ()

    @api.model_create_multi
    def create(self, vals_list):
        """Note who is new on the list: Odoo has taken out who is on it already."""
        entries = super().create(vals_list)
        entries.filtered("active")._privacy_note("withdrawn")
        return entries

    def write(self, vals):
        """Note who comes back on the list, and who comes off."""
        changed = self.filtered(lambda entry: "active" in vals and entry.active != vals["active"])
        result = super().write(vals)
        changed._privacy_note("withdrawn" if vals.get("active") else "lifted")
        return result

    def _privacy_note(self, event):
        """Note what it means that addresses are on the list, or no longer."""
        if self and self.env.context.get("privacy_in_step") is not IN_STEP:
            kept, said = self._privacy_address
            people = [{said: entry[kept]} for entry in self]
            self.env["crm.privacy.consent"].with_context(privacy_in_step=IN_STEP)._record(
                people, event, channels=list(self._privacy_channels), source="exclusion"
            )
