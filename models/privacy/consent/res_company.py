from odoo import fields, models


class ResCompany(models.Model):
    """What the mailings of a company are for, unless somebody says otherwise."""

    _inherit = "res.company"

    privacy_purpose_id = fields.Many2one(
        "crm.privacy.purpose",
        "Purpose of Mailings",
        ondelete="set null",
        domain="[('is_profiling', '=', False), ('company_id', 'in', (False, id))]",
        prefetch="crm_lifecycle",
    )
