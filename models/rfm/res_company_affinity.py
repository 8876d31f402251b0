from odoo import models

SETTINGS = (
    "affinity_level",
    "affinity_months",
    "affinity_min_customers",
    "affinity_min_share",
    "affinity_min_lift",
)


class ResCompany(models.Model):
    """Other settings of the suggestions mean other affinities, in a few minutes."""

    _inherit = "res.company"

    def write(self, vals):
        """Wake the refresh when a setting is another one than before."""
        before = [company._affinity_settings() for company in self]
        result = super().write(vals)
        if before != [company._affinity_settings() for company in self]:
            xmlid = "crm_lifecycle.ir_cron_crm_product_affinity"
            cron = self.env.ref(xmlid, raise_if_not_found=False)
            if cron:
                cron.sudo()._trigger()
        return result

    def _affinity_settings(self):
        """Give the values of the settings."""
        return [self[name] for name in SETTINGS]
