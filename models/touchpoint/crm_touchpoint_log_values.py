from datetime import date, datetime, timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from . import events

#: Clocks of other computers may be so much ahead.
TOLERANCE = timedelta(minutes=5)
#: Nobody we were in contact with was so before: the year was typed wrongly.
LONG_AGO = datetime(1900, 1, 1)
LONGEST_KEY = 200
#: So much of a wrong value is repeated in a message.
SHOWN = 60


class CrmTouchpoint(models.Model):
    """What another program says of a contact: each value is checked before anything is logged.

    Whatever its type: a program may send a list where a number is expected, and should be told.
    """

    _inherit = "crm.touchpoint"

    def _log_values(self, contact):
        """Check one contact and give its row."""
        lead = self._logged_person("crm.lead", contact.get("lead_id"))
        partner = self._logged_person("res.partner", contact.get("partner_id"))
        if not (lead or partner):
            raise UserError(self._nobody_message(contact))
        event = self._logged_event(contact.get("event"))
        company = lead.sudo().company_id or partner.sudo().company_id
        return {
            "partner_id": partner.id or lead.sudo().partner_id.id,
            "lead_id": lead.id,
            "company_id": self._logged_company(contact.get("company_id")) or company.id,
            "date": self._logged_date(contact.get("date")),
            "channel_id": self._logged_channel(contact.get("channel")),
            "event": event,
            "direction": self._logged_direction(contact.get("direction"), event),
            "key": self._logged_key(contact.get("key")),
            "user_id": self.env.uid,
            "campaign_id": self._logged_link("utm.campaign", contact.get("campaign_id")),
            "medium_id": self._logged_link("utm.medium", contact.get("medium_id")),
        }

    def _logged_person(self, model, record_id):
        """Give the contact or lead, if it exists and the user may see it."""
        records = self.env[model]
        if not record_id:
            return records
        record = records.browse(record_id) if _is_number(record_id) else records
        if not record.exists():
            raise UserError(
                self.env._(
                    "There is no %(kind)s with the number %(number)s; it may have been deleted or"
                    " merged.",
                    kind=self.env["ir.model"]._get(records._name).name,
                    number=_shown(record_id),
                )
            )
        record.check_access("read")
        return record

    def _logged_link(self, model, record_id):
        records = self.env[model].sudo()
        if not record_id:
            return None
        if not (_is_number(record_id) and records.browse(record_id).exists()):
            raise UserError(
                self.env._(
                    "There is no %(kind)s with the number %(number)s.",
                    kind=self.env["ir.model"]._get(records._name).name,
                    number=_shown(record_id),
                )
            )
        return record_id

    def _logged_company(self, company_id):
        """Give the company, if the user works for it."""
        company_id = self._logged_link("res.company", company_id)
        if company_id and not self.env.su and company_id not in self.env.user.company_ids.ids:
            raise UserError(
                self.env._(
                    "You may not log touchpoints of the company with the number %(number)s.",
                    number=company_id,
                )
            )
        return company_id

    def _nobody_message(self, contact):
        if contact.get("email"):
            return self.env._(
                "Nobody has the address “%(email)s”. Create the contact or lead first.",
                email=_shown(contact["email"]),
            )
        return self.env._(
            "Say with whom the touchpoint was: a contact, a lead or an e-mail address."
        )

    def _logged_key(self, key):
        """Give the key of the other program, as text that a row can hold."""
        if not key:
            return None
        key = str(key)
        if len(key) > LONGEST_KEY or not key.isprintable():
            raise UserError(
                self.env._(
                    "“%(key)s” cannot be a key: a key has at most %(count)s letters, digits and"
                    " signs.",
                    key=_shown(key),
                    count=LONGEST_KEY,
                )
            )
        return key

    def _logged_event(self, event):
        known = dict(events.EVENTS)
        if not isinstance(event, str) or event not in known:
            raise UserError(
                self.env._(
                    "“%(event)s” is no event of a touchpoint. Known are: %(known)s.",
                    event=_shown(event),
                    known=", ".join(known),
                )
            )
        return event

    def _logged_direction(self, direction, event):
        if direction in (None, False, ""):
            return events.usual_direction(event)
        if direction not in ("inbound", "outbound"):
            raise UserError(
                self.env._(
                    "“%(direction)s” is no direction: a touchpoint is inbound or outbound.",
                    direction=_shown(direction),
                )
            )
        return direction

    def _logged_channel(self, code):
        """Give the id of a channel by its code."""
        channels = self.env["crm.touchpoint.channel"].sudo().search([("active", "=", True)])
        ids = {channel.code: channel.id for channel in channels}
        if not isinstance(code, str) or code not in ids:
            raise UserError(
                self.env._(
                    "There is no channel “%(code)s”. Known are: %(known)s.",
                    code=_shown(code),
                    known=", ".join(sorted(ids)),
                )
            )
        return ids[code]

    def _logged_date(self, given):
        """Give the moment of a contact; it cannot lie in the future."""
        now = fields.Datetime.now()
        if not given:
            return now
        moment = _moment_of(given)
        if moment is None:
            raise UserError(
                self.env._(
                    "“%(date)s” is no date. Write it as 2026-05-01 12:00:00, in UTC.",
                    date=_shown(given),
                )
            )
        if moment > now + TOLERANCE:
            raise UserError(
                self.env._("A touchpoint cannot be in the future (%(date)s).", date=given)
            )
        return min(moment, now)


def _shown(value):
    """Give the beginning of a wrong value for a message.

    >>> _shown(["phone"]), len(_shown("a" * 10_000))
    ("['phone']", 61)
    """
    text = str(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _is_number(value):
    """Tell whether something may be the number of a record.

    >>> _is_number(7), _is_number(True), _is_number("7"), _is_number([7, 8])
    (True, False, False, False)
    """
    return isinstance(value, int) and not isinstance(value, bool)


def _moment_of(given):
    """Give a moment of a date, or of its text; None: it is none, or too long ago to be true.

    >>> _moment_of("2026-05-01 12:00:00"), _moment_of("2026-05-01")
    (datetime.datetime(2026, 5, 1, 12, 0), datetime.datetime(2026, 5, 1, 0, 0))
    >>> _moment_of("2026"), _moment_of(5), _moment_of("0202-05-01"), _moment_of("2026-02-30")
    (None, None, None, None)
    """
    if isinstance(given, str) and len(given) not in (10, 19):
        return None
    if not isinstance(given, str | date):
        return None
    try:
        moment = fields.Datetime.to_datetime(given)
    except ValueError:
        return None
    return moment if moment >= LONG_AGO else None
