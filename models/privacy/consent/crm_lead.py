from odoo import api, fields, models


class CrmLead(models.Model):
    """The person of a lead has rights over the data; see `crm.privacy.mixin`.

    What becomes of the words in a merge?
        They go to the lead that stays, and so does a restriction.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.privacy.mixin"]

    privacy_consent_ids = fields.One2many(
        "crm.privacy.consent",
        "lead_id",
        "Consents",
        groups="sales_team.group_sale_salesman,crm_lifecycle.group_privacy_officer",
    )

    @api.model
    def _score_shown_domain(self):
        """Leave out the leads of who asked for a restriction or objected."""
        return super()._score_shown_domain() & self._privacy_profiled_domain()

    def _merge_dependences(self, opportunities):
        """Carry the words over to the lead that stays."""
        restricted = any(opportunities.sudo().mapped("privacy_restricted"))
        result = super()._merge_dependences(opportunities)
        self.env["crm.privacy.consent"]._repoint("lead_id", opportunities.ids, self.id)
        if restricted:
            self.sudo().privacy_restricted = True
        self._refresh_unprofiled()
        return result

    def _privacy_people(self):
        return [{"lead_id": lead.id, "partner_id": lead.partner_id.id} for lead in self.sudo()]
