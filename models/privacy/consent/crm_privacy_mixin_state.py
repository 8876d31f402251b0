from odoo import api, models
from odoo.exceptions import AccessError

from . import decision

GROUPS = "sales_team.group_sale_salesman,crm_lifecycle.group_privacy_officer"


class CrmPrivacyMixin(models.AbstractModel):
    """The line "Consent: e-mail yes, SMS no, phone yes" of a form, and what is behind it.

    What does it cost the form?
        Nothing: the line asks for itself, after the form is shown. One query says all of it.
    When is a channel open?
        When there is something we may write about by it. The reasons are one click away.
    """

    _inherit = "crm.privacy.mixin"

    @api.readonly
    def get_privacy_state(self):
        """Give what we may write to a person about, by channel, with the grounds."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_groups(GROUPS):
            raise AccessError(self.env._("Consents are for salespeople and the privacy officer."))
        return self._privacy_state()

    def _privacy_state(self, flags=None):
        """Give the same to who may see it.

        :param dict flags: `privacy_restricted` and `privacy_unprofiled`, if they have been read
        """
        flags = flags or self
        names = dict(
            self.env["crm.privacy.consent"]._fields["channel"]._description_selection(self.env)
        )
        lines = self._privacy_lines()
        channels = [
            {
                "channel": channel,
                "name": names[channel],
                "allowed": any(line["allowed"] for line in lines if line["channel"] == channel),
                "lines": [line for line in lines if line["channel"] == channel],
            }
            for channel in decision.CHANNELS
        ]
        return {
            "restricted": bool(flags["privacy_restricted"]),
            "unprofiled": bool(flags["privacy_unprofiled"]),
            "channels": [channel for channel in channels if channel["lines"]],
        }

    def _privacy_lines(self):
        """Give each purpose and channel that needs a ground, with the ground."""
        purposes = self.env["crm.privacy.purpose"].search_fetch(
            [
                ("is_profiling", "=", False),
                ("legal_basis", "not in", decision.ORDERED),
                ("company_id", "in", (False, self.env.company.id)),
            ]
        )
        asked = [(purpose, channel) for purpose in purposes for channel in purpose._channels()]
        grounds = self.env["crm.privacy.consent"].sudo()._many_grounds(self, asked)
        return [
            {
                "purpose": purpose.name,
                "channel": channel,
                "allowed": ground[self.id].allowed,
                "text": ground[self.id].text,
            }
            for (purpose, channel), ground in zip(asked, grounds, strict=True)
        ]

    def action_privacy_note(self):
        """Open the dialog to note what the person said."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_lifecycle.crm_privacy_consent_entry_action"
        )
        return {**action, "context": self._privacy_context()}

    def action_privacy_consents(self):
        """Show all the person said."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_lifecycle.crm_privacy_consent_action"
        )
        domain = [(self._lifecycle_subject, "=", self.id)]
        if self._name == "crm.lead" and self.partner_id:
            domain = ["|", ("partner_id", "=", self.partner_id.id), *domain]
        return {**action, "domain": domain, "context": {}}

    def _privacy_context(self):
        """Give whose word the dialog notes."""
        return {f"default_{self._lifecycle_subject}": self.id}
