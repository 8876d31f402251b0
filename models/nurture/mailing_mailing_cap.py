from odoo import fields, models

from ..privacy.consent.decision import ORDERED
from . import frequency

#: Recipients that have an address and a number of their own.
PEOPLE = ("res.partner", "crm.lead", "mailing.contact")


class MailingMailing(models.Model):
    """An ordinary mailing does not go over the limit of messages per person either.

    Who got enough messages gets the mailing when there is room: the e-mail or SMS waits in the
    queue. For what cannot wait, the limit can be switched off; what a contract or a law orders to
    send never waits.
    """

    _inherit = "mailing.mailing"

    keeps_cap = fields.Boolean(
        "Keep the Limit per Person",
        default=True,
        help="Who got enough messages lately gets it some days later. Switch it off for what"
        " cannot wait.",
    )

    def _full_until(self, record_ids):
        """Give when those may get it who got enough messages lately: record id -> moment."""
        self.ensure_one()
        company = self.env.company
        number, days = company.nurture_cap_number, max(1, company.nurture_cap_days)
        ordered = self.privacy_purpose_id.legal_basis in ORDERED
        if not number or not record_ids or ordered or self.mailing_model_real not in PEOPLE:
            return {}
        since = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        records = self.env[self.mailing_model_real].browse(record_ids)
        got = self.env["mailing.trace"]._messages_since(records, since)
        moments = {key: frequency.room_at(dates, number, days) for key, dates in got.items()}
        return {key: moment for key, moment in moments.items() if moment}
