from odoo import models


class SmsComposer(models.TransientModel):
    """The SMS of an ordinary mailing waits for who got enough messages; see `sms.sms`."""

    _inherit = "sms.composer"

    def _prepare_mass_sms_values(self, records):
        """Put aside what leaves when there is room again."""
        values = super()._prepare_mass_sms_values(records)
        mailing = self.mailing_id.sudo()
        if mailing and mailing.keeps_cap and not mailing.nurture_sequence_id:
            going = [key for key, one in values.items() if one.get("state") == "outgoing"]
            for record_id, moment in mailing._full_until(going).items():
                values[record_id].update(state="error", nurture_at=moment)
        return values
