from odoo import models


class SmsComposer(models.TransientModel):
    """SMS to many people pass the gate; see `mail.compose.message`."""

    _inherit = "sms.composer"

    def _prepare_mass_sms_values(self, records):
        """Cancel what may not be sent, unless it is cancelled already."""
        values = super()._prepare_mass_sms_values(records)
        for record_id, ground in self._privacy_refusals(records, values).items():
            refused = {"state": "canceled", "failure_type": "sms_optout"}
            values[record_id].update(refused)
            for command in values[record_id].get("mailing_trace_ids") or []:
                command[2].update(
                    trace_status="cancel", failure_type="privacy", failure_reason=ground.text
                )
        return values

    def _privacy_refusals(self, records, sms_values):
        """Give the grounds on which SMS may not be sent."""
        open_ids = [
            record_id
            for record_id, values in sms_values.items()
            if values.get("state") not in ("canceled", "error")
        ]
        if self.mailing_id:
            grounds = self.mailing_id._privacy_grounds(open_ids)
        else:
            nothing_said = self.env["crm.privacy.purpose"]
            consents = self.env["crm.privacy.consent"].sudo()
            grounds = consents._grounds(records.browse(open_ids), nothing_said, "sms")
        return {record_id: ground for record_id, ground in grounds.items() if not ground.allowed}
