from odoo import fields, models

# Says that values hold the defaults already. It is an object, so that no RPC can send it.
DEFAULTS_TOKEN = object()


class CrmSuspectOriginMixin(models.AbstractModel):
    """A lead or contact may come from a list of suspects, and then points to the proof of it."""

    _name = "crm.suspect.origin.mixin"
    _description = "Origin in a List of Suspects"

    suspect_import_id = fields.Many2one(
        "crm.suspect.import",
        "Imported List",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        groups="crm_lifecycle.group_lifecycle_user",
        help="Where this person comes from, and on what legal basis the data may be used.",
    )

    def _add_missing_default_values(self, values):
        """Skip the defaults where the import has put them into the values of all rows."""
        if self.env.context.get("suspect_import_defaults") is DEFAULTS_TOKEN:
            return dict(values)
        return super()._add_missing_default_values(values)
