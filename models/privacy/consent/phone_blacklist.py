from odoo import api, models

from .crm_privacy_consent import IN_STEP


class PhoneBlacklist(models.Model):
    """Who is put on the list of excluded numbers has objected, and who comes off has lifted it."""

    _inherit = "phone.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        """Note who is new on the list."""
        before = self.with_context(active_test=False).search([], order="id desc", limit=1).id
        entries = super().create(vals_list)
        entries.filtered(lambda entry: entry.active and entry.id > before)._privacy_note(
            "withdrawn"
        )
        return entries

    def write(self, vals):
        """Note who comes back on the list, and who comes off."""
        changed = self.filtered(lambda entry: "active" in vals and entry.active != vals["active"])
        result = super().write(vals)
        changed._privacy_note("withdrawn" if vals.get("active") else "lifted")
        return result

    def _privacy_note(self, event):
        """Note what it means that numbers are on the list, or no longer."""
        if self and self.env.context.get("privacy_in_step") is not IN_STEP:
            people = [{"phone_sanitized": entry.number} for entry in self]
            self.env["crm.privacy.consent"].with_context(privacy_in_step=IN_STEP)._record(
                people, event, channels=["sms", "phone"], source="exclusion"
            )
