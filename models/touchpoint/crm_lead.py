from odoo import fields, models

from .crm_touchpoint_mixin import GROUPS


class CrmLead(models.Model):
    """The contacts with the person of a lead; they follow it to its contact and into a merge."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.touchpoint.mixin"]

    touchpoint_ids = fields.One2many("crm.touchpoint", "lead_id", "Touchpoints", groups=GROUPS)

    def write(self, vals):
        """Give what happened with the lead to its new contact."""
        before = {}
        if "partner_id" in vals:
            before = {lead.id: lead.partner_id.id for lead in self.sudo()}
        result = super().write(vals)
        moved = self.sudo().filtered(
            lambda lead: before and before.get(lead.id) != lead.partner_id.id
        )
        if moved:
            moved._touchpoints_follow({lead.id: before[lead.id] for lead in moved})
        return result

    def _touchpoints_follow(self, partner_of):
        """Carry the rows from the old contacts of these leads to the new ones."""
        self.flush_recordset(["partner_id"])
        self.env["crm.touchpoint"]._follow(self.ids, partner_of)
        self._refresh_touch_summary()
        contacts = self.partner_id.browse({*partner_of.values(), *self.partner_id.ids} - {False})
        contacts.exists()._refresh_touch_summary()

    def _merge_dependences(self, opportunities):
        """Carry the contacts over to the lead that stays."""
        result = super()._merge_dependences(opportunities)
        touchpoints = self.env["crm.touchpoint"].sudo()
        touchpoints._repoint("lead_id", opportunities.ids, self.id)
        self.env["mailing.trace"].sudo()._repoint("crm.lead", opportunities.ids, self.id)
        self._refresh_touch_summary()
        return result
