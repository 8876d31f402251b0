from odoo import api, fields, models


class CrmPrivacyRequest(models.Model):
    """Tells the officer what to do next for an erasure, where its buttons are."""

    _inherit = "crm.privacy.request"

    next_step = fields.Char(compute="_compute_next_step")

    @api.depends("type", "state", "identity_at", "erasure_state", "scan_id.state")
    @api.depends_context("uid")
    def _compute_next_step(self):
        for request in self:
            erasure = request.type == "erasure" and request.id
            request.next_step = request._words_of_next_step() if erasure else False

    def _words_of_next_step(self):
        """Give the next step in words, or False if there is nothing to do now."""
        if self.state == "new":
            return self.env._(
                "The person confirms by the mailed link; or you note under “Identity” how it was"
                " checked, and confirm."
            )
        if self.state == "verified":
            return self._words_before_approval()
        if self.state == "approved":
            return self._words_of_the_run()
        return False

    def _words_before_approval(self):
        if not self.identity_at:
            return self.env._(
                "Under “Identity”, look which records are this person, and confirm the list."
            )
        if not self.erasure_state:
            return self.env._("Make the plan: it says what will be deleted and what is kept.")
        if self.erasure_state != "planned":
            return False
        if self.second_person and self.planned_by_id == self.env.user:
            return self.env._("A second person reads the plan and approves it.")
        return self.env._("Read the plan, then approve it. Nothing has been changed yet.")

    def _words_of_the_run(self):
        if self.erasure_state == "planned":
            return self.env._("Erase: after that the data cannot be brought back.")
        if self.erasure_state == "paused":
            return self.env._("Resume the erasure. Places that failed say why under “Plan”.")
        if self.erasure_state == "erased" and self.scan_id.state == "left":
            return self.env._(
                "Something was found: look at it under “Search Afterwards”. Until then the"
                " erasure stays open."
            )
        if self.erasure_state == "erased":
            return self.env._(
                "The whole database is searched for what is left; then the request closes by"
                " itself."
            )
        return False
