from odoo import api, models
from odoo.exceptions import AccessError

#: What only the publication changes, because it checks what goes with it.
GUARDED = {"state", "number", "sequence_id", "published_at", "published_by_id"}


class CrmNurtureVersion(models.Model):
    """A published version stays what it is, and where it is."""

    _inherit = "crm.nurture.version"

    @api.model_create_multi
    def create(self, vals_list):
        """Let every version begin as a draft of a sequence that one may change."""
        versions = super().create(vals_list)
        if not self.env.su:
            versions.sequence_id.check_access("write")
            if any(version.state != "draft" for version in versions):
                versions._refuse_state()
        return versions

    def write(self, vals):
        """Let only the publication change the state."""
        if not self.env.su and not GUARDED.isdisjoint(vals):
            self._refuse_state()
        return super().write(vals)

    def _refuse_state(self):
        raise AccessError(
            self.env._(
                "The state of a version cannot be written: publish the sequence, which checks"
                " that the version is complete."
            )
        )
