from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .crm_nurture_enrollment_retention import MONTHS, USUAL_MONTHS

MOST_WORKERS = 16


class ResConfigSettings(models.TransientModel):
    """The settings of the sequences: how many work on them, how long the past is kept."""

    _inherit = "res.config.settings"

    nurture_workers = fields.Integer(
        "Sequences at the Same Time",
        default=1,
        help="How many scheduled actions share the work. More than one helps if several of"
        " Odoo's processes are there for scheduled actions.",
    )
    nurture_retention_months = fields.Integer(
        "Months after Leaving a Sequence",
        default=USUAL_MONTHS,
        help="Who left a sequence longer ago is deleted from it; the figures stay. 0: never.",
    )

    @api.constrains("nurture_workers", "nurture_retention_months")
    def _check_nurture(self):
        for settings in self:
            if not 1 <= settings.nurture_workers <= MOST_WORKERS:
                raise ValidationError(
                    self.env._(
                        "Between 1 and %(most)s scheduled actions can share the sequences.",
                        most=MOST_WORKERS,
                    )
                )
            if settings.nurture_retention_months < 0:
                raise ValidationError(self.env._("The number of months cannot be negative."))

    @api.model
    def get_values(self):
        """Read the numbers; Odoo keeps no zero."""
        engine = self.env["crm.nurture.enrollment"]
        return super().get_values() | {
            "nurture_workers": len(engine._crons()) or 1,
            "nurture_retention_months": engine._retention_months(),
        }

    def set_values(self):
        """Create or delete the scheduled actions."""
        result = super().set_values()
        engine = self.env["crm.nurture.enrollment"]
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(MONTHS, str(self.nurture_retention_months))
        if len(engine._crons()) != self.nurture_workers:
            engine._set_workers(self.nurture_workers)
        return result
