from odoo import models
from odoo.tools import SQL


class CrmNurtureEnrollment(models.Model):
    """Whose clock counts: that of the person; else of who is in charge; else of the company."""

    _inherit = "crm.nurture.enrollment"

    def _time_zones(self):
        """Give the time zone of each person: dict of enrollment id -> name."""
        if not self:
            return {}
        sequence = self[0].sequence_id
        people = SQL(
            "SELECT id, %s FROM crm_nurture_enrollment WHERE id = ANY(%s)",
            SQL.identifier(sequence._subject()),
            list(self.ids),
        )
        zones, usual = sequence._zones(people), sequence._usual_zone()
        return {key: zones.get(key) or usual for key in self.ids}
