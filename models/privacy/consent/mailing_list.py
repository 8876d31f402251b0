from odoo import models

from . import decision


class MailingList(models.Model):
    """Who says yes to the purpose of a list joins it, who says no leaves it."""

    _inherit = "mailing.list"

    def _privacy_follow(self, word):
        """Do what a word about the purpose of this list means for its members."""
        self.ensure_one()
        email = word.email_normalized
        if word.event in decision.NO:
            self._update_subscription_from_email(email, opt_out=True, force_message=False)
        elif word.event in decision.YES:
            contacts = self.env["mailing.contact"].with_context(active_test=False)
            if not contacts.search_count([("email_normalized", "=", email)], limit=1):
                contacts.create({"email": email, "name": word.partner_id.name or email})
            self._update_subscription_from_email(email, opt_out=False, force_message=False)
