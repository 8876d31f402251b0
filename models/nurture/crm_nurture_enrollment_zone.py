from odoo import models
from odoo.tools import SQL

#: The zone of the person, else that of who is in charge.
ZONES = {
    "crm.lead": """
        SELECT e.id, COALESCE(c.tz, u.tz)
          FROM crm_nurture_enrollment e
          JOIN crm_lead r ON r.id = e.lead_id
          LEFT JOIN res_partner c ON c.id = r.partner_id
          LEFT JOIN res_users s ON s.id = r.user_id
          LEFT JOIN res_partner u ON u.id = s.partner_id
         WHERE e.id = ANY(%s)
    """,
    "res.partner": """
        SELECT e.id, COALESCE(r.tz, u.tz)
          FROM crm_nurture_enrollment e
          JOIN res_partner r ON r.id = e.partner_id
          LEFT JOIN res_users s ON s.id = r.user_id
          LEFT JOIN res_partner u ON u.id = s.partner_id
         WHERE e.id = ANY(%s)
    """,
}


class CrmNurtureEnrollment(models.Model):
    """Whose clock counts: that of the person; else of who is in charge; else of the company."""

    _inherit = "crm.nurture.enrollment"

    def _time_zones(self):
        """Give the time zone of each person: dict of enrollment id -> name."""
        if not self:
            return {}
        sequence = self[0].sequence_id
        company = sequence.sudo().company_id or self.env.company
        usual = company.partner_id.tz or sequence.sudo().user_id.tz or "UTC"
        self.env["res.partner"].flush_model(["tz", "user_id"])
        self.env["crm.lead"].flush_model(["partner_id", "user_id"])
        self.env.cr.execute(SQL(ZONES[sequence.model], list(self.ids)))
        zones = dict(self.env.cr.fetchall())
        return {key: zones.get(key) or usual for key in self.ids}
