from odoo import api, models

from .crm_privacy_consent import IN_STEP


class MailingSubscription(models.Model):
    """Who leaves the list of a purpose has objected to it.

    What does joining a list mean?
        By the person itself, on Odoo's page: yes. By one of us: the objection is lifted, and
        nobody has said yes to anything.
    """

    _inherit = "mailing.subscription"

    @api.model_create_multi
    def create(self, vals_list):
        """Note who is new on a list, and left it already or joined it in person."""
        subscriptions = super().create(vals_list)
        subscriptions.filtered("opt_out")._privacy_note("withdrawn")
        if not self.env.user._is_internal():
            subscriptions.filtered(lambda who: not who.opt_out)._privacy_note("granted")
        return subscriptions

    def write(self, vals):
        """Note who leaves a list, and who joins it again."""
        before = {who: who.opt_out for who in self} if "opt_out" in vals else {}
        result = super().write(vals)
        changed = self.filtered(lambda who: who in before and who.opt_out != before[who])
        changed.filtered("opt_out")._privacy_note("withdrawn")
        again = "lifted" if self.env.user._is_internal() else "granted"
        changed.filtered(lambda who: not who.opt_out)._privacy_note(again)
        return result

    def _privacy_note(self, event):
        """Note what leaving or joining a list says about its purpose."""
        if not self or self.env.context.get("privacy_in_step") is IN_STEP:
            return
        purposes = self.env["crm.privacy.purpose"].sudo()
        about = purposes.search([("mailing_list_id", "in", self.list_id.ids)])
        consents = self.env["crm.privacy.consent"].with_context(privacy_in_step=IN_STEP)
        for purpose in about:
            members = self.filtered(
                lambda who, purpose=purpose: who.list_id == purpose.mailing_list_id
            )
            emails = [email for email in members.contact_id.mapped("email_normalized") if email]
            people = [{"email_normalized": email} for email in emails]
            consents._record(people, event, purpose, ["email"], source="mailing")
