from odoo import api, models


class CrmPrivacyReturningMixin(models.AbstractModel):
    """A record whose address may be one that was erased: it is noted when it comes back."""

    _name = "crm.privacy.returning.mixin"
    _description = "May Have an Erased Address"

    @api.model_create_multi
    def create(self, vals_list):
        """Recognise erased addresses, all records at once."""
        records = super().create(vals_list)
        self.env["crm.privacy.suppression"]._notice(records)
        return records

    def write(self, vals):
        """Recognise an erased address that is entered into a record."""
        result = super().write(vals)
        if vals.keys() & {"email", "email_from", "phone"}:
            self.env["crm.privacy.suppression"]._notice(self)
        return result
