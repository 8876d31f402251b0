from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MailingMailing(models.Model):
    """A mailing says what it is for, and goes only to those who may get it.

    Who is left out?
        Who has not agreed where consent is needed, objected, or asked for a restriction. Each
        is shown as cancelled, with the reason. `action_privacy_preview` counts them before.
    And without a purpose?
        As Odoo does; only who wants nothing any more, or asked for a restriction, is left out.
    """

    _inherit = "mailing.mailing"

    privacy_purpose_id = fields.Many2one(
        "crm.privacy.purpose",
        "Purpose",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('is_profiling', '=', False)]",
        default=lambda self: self.env.company.privacy_purpose_id,
        help="What the mailing is for: it decides who may get it. Without a purpose, consents are"
        " not looked at.",
    )

    @api.constrains("privacy_purpose_id", "mailing_type")
    def _check_privacy_channel(self):
        for mailing in self:
            purpose = mailing.privacy_purpose_id
            if purpose and mailing._privacy_channel() not in purpose._channels():
                raise ValidationError(
                    self.env._(
                        "Nobody was asked about %(purpose)s by this channel. Choose another purpose"
                        " for the mailing, or add the channel to the purpose.",
                        purpose=purpose.name,
                    )
                )

    @api.model
    def default_get(self, fields):
        """Leave the purpose open where it does not speak of the channel."""
        values = super().default_get(fields)
        purpose = self.env["crm.privacy.purpose"].browse(values.get("privacy_purpose_id"))
        channel = "sms" if values.get("mailing_type") == "sms" else "email"
        if purpose and channel not in purpose.sudo()._channels():
            values["privacy_purpose_id"] = False
        return values

    def action_privacy_preview(self):
        """Show who would get the mailing, and who is left out and why."""
        self.ensure_one()
        preview = self.env["crm.privacy.preview"].create({"mailing_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who May Get It"),
            "res_model": preview._name,
            "res_id": preview.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _privacy_channel(self):
        """Give the channel of a mailing."""
        return "sms" if self.mailing_type == "sms" else "email"

    def _privacy_grounds(self, record_ids):
        """Tell which of its recipients a mailing may go to: record id -> Ground."""
        records = self.env[self.mailing_model_real].browse(record_ids)
        consents = self.env["crm.privacy.consent"].sudo()
        return consents._grounds(records, self.sudo().privacy_purpose_id, self._privacy_channel())
