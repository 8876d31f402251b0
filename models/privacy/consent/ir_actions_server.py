from odoo import models

PEOPLE = ("res.partner", "crm.lead")


class IrActionsServer(models.Model):
    """Automatic mails leave out who asked that the data be kept but not used (article 18).

    And who objected?
        An automatic mail may be about an order or an appointment, which an objection to
        commercial messages does not stop. Mailings pass the whole gate.
    And text messages?
        They pass the gate of the SMS composer, by which this action sends them.
    """

    _inherit = "ir.actions.server"

    def _run_action_mail_post_multi(self, eval_context=None):
        """Write to the others only."""
        if self.model_name not in PEOPLE or self.mail_post_method == "note":
            return super()._run_action_mail_post_multi(eval_context=eval_context)
        active_id = self.env.context.get("active_id")
        ids = self.env.context.get("active_ids") or ([active_id] if active_id else [])
        open_ids = self._privacy_unrestricted(ids)
        if ids and not open_ids:
            return False
        if len(open_ids) < len(ids):
            self = self.with_context(  # noqa: PLW0642  it goes on for the others
                active_ids=open_ids, active_id=active_id if active_id in open_ids else open_ids[0]
            )
        return super()._run_action_mail_post_multi(eval_context=eval_context)

    def _privacy_unrestricted(self, ids):
        """Give those of the contacts or leads whose data may be used."""
        people = self.env[self.model_name].sudo().browse(ids)
        if not people or not any(
            self.env[name].sudo()._privacy_somebody_is_out() for name in PEOPLE
        ):
            return list(ids)
        grounds = people._privacy_may_contact(self.env["crm.privacy.purpose"], "email")
        return [row_id for row_id in ids if grounds[row_id].code != "restricted"]
