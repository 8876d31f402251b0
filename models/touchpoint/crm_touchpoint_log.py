from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, email_normalize

from . import events

GROUP = "sales_team.group_sale_salesman"
#: Clocks of other computers may be so much ahead.
TOLERANCE = timedelta(minutes=5)
COLUMNS = (
    "partner_id",
    "lead_id",
    "company_id",
    "date",
    "channel_id",
    "event",
    "direction",
    "key",
    "user_id",
    "campaign_id",
    "medium_id",
    "is_bot",
)


class CrmTouchpoint(models.Model):
    """Contacts that Odoo does not record by itself: calls, social networks, advertising.

    Who may log?
        Salespeople and marketing, with the leads and contacts they may see.
    What if another program sends the same twice?
        With a `key` the second one changes nothing and gets the first one's id.
    What is refused?
        A channel or an event that does not exist, somebody nobody knows, a date in the future,
        each with what to do about it. Of a list with a mistake nothing is logged.
    """

    _inherit = "crm.touchpoint"

    @api.model
    def log(
        self,
        channel,
        event,
        date=None,
        direction=None,
        partner_id=None,
        lead_id=None,
        email=None,
        key=None,
        campaign_id=None,
        medium_id=None,
        company_id=None,
    ):
        """Log one contact with a person; for other programs, by `/json/2/crm.touchpoint/log`.

        :param str channel: the code of a channel, such as phone, social, advertising
        :param str event: what happened, such as called, clicked, visited
        :param str date: UTC, "2026-05-01 12:00:00"; now, when left out
        :param str direction: inbound or outbound; the usual one of the event, when left out
        :param int partner_id: the contact; or
        :param int lead_id: the lead; or
        :param str email: the address of a contact or lead
        :param str key: of the other program: the same key is logged once
        :return: ``{"id": the id, "created": whether it is new}``
        """
        contact = {
            "channel": channel,
            "event": event,
            "date": date,
            "direction": direction,
            "partner_id": partner_id,
            "lead_id": lead_id,
            "email": email,
            "key": key,
            "campaign_id": campaign_id,
            "medium_id": medium_id,
            "company_id": company_id,
        }
        known = self._ids_by_key([contact])
        return {"id": self._log([contact]).id, "created": key is None or str(key) not in known}

    @api.model
    def _log(self, contacts):
        """Log contacts with persons.

        :param contacts: one dict or a list of them, with the names of the parameters of `log`
        :return: the rows, new or known before, in the order of `contacts`
        """
        if isinstance(contacts, dict):
            contacts = [contacts]
        if not (self.env.su or self.env.user.has_group(GROUP)):
            raise AccessError(self.env._("Only salespeople and marketing may log touchpoints."))
        contacts = self._with_people_of_addresses(contacts)
        values = [self._log_values(contact) for contact in contacts]
        known = self._ids_by_key(contacts)
        new = [row for row in values if not (row["key"] and row["key"] in known)]
        last_id = self._last_id()
        ids = self._insert_logged(new)
        if ids:
            self.sudo()._digest(last_id)
        by_key = {**known, **self._ids_by_key(contacts)}
        without_key = iter([row_id for row_id, key in ids if key is None])
        return self.browse(
            [by_key[row["key"]] if row["key"] else next(without_key) for row in values]
        )

    @api.model
    def _ids_by_key(self, contacts):
        """Give the ids of the rows that were logged before, by key."""
        keys = tuple(str(contact["key"]) for contact in contacts if contact.get("key"))
        if not keys:
            return {}
        query = SQL("SELECT key, id FROM crm_touchpoint WHERE key IN %s", keys)
        return dict(self.env.execute_query(query))

    @api.model
    def _insert_logged(self, rows):
        """Insert the rows; another program that logs the same key meanwhile wins."""
        if not rows:
            return []
        return self.env.execute_query(
            SQL(
                "INSERT INTO crm_touchpoint (%s) VALUES %s ON CONFLICT DO NOTHING"
                " RETURNING id, key",
                SQL(", ").join(map(SQL.identifier, COLUMNS)),
                SQL(", ").join(
                    SQL("%s", tuple(row[name] or None for name in COLUMNS[:-1]) + (False,))
                    for row in rows
                ),
            )
        )

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
            "company_id": contact.get("company_id") or company.id,
            "date": self._logged_date(contact.get("date")),
            "channel_id": self._logged_channel(contact.get("channel")),
            "event": event,
            "direction": self._logged_direction(contact.get("direction"), event),
            "key": str(contact["key"]) if contact.get("key") else None,
            "user_id": self.env.uid,
            "campaign_id": self._logged_link("utm.campaign", contact.get("campaign_id")),
            "medium_id": self._logged_link("utm.medium", contact.get("medium_id")),
        }

    def _logged_person(self, model, record_id):
        """Give the contact or lead, if it exists and the user may see it."""
        record = self.env[model].browse(record_id or ())
        if not record:
            return record
        if not record.exists():
            raise UserError(
                self.env._(
                    "There is no %(kind)s with the number %(number)s; it may have been deleted or"
                    " merged.",
                    kind=self.env["ir.model"]._get(record._name).name,
                    number=record_id,
                )
            )
        record.check_access("read")
        return record

    def _logged_link(self, model, record_id):
        if record_id and not self.env[model].sudo().browse(record_id).exists():
            raise UserError(
                self.env._(
                    "There is no %(kind)s with the number %(number)s.",
                    kind=self.env["ir.model"]._get(model).name,
                    number=record_id,
                )
            )
        return record_id

    def _nobody_message(self, contact):
        if contact.get("email"):
            return self.env._(
                "Nobody has the address “%(email)s”. Create the contact or lead first.",
                email=contact["email"],
            )
        return self.env._(
            "Say with whom the touchpoint was: a contact, a lead or an e-mail address."
        )

    def _logged_event(self, event):
        known = dict(events.EVENTS)
        if event not in known:
            raise UserError(
                self.env._(
                    "“%(event)s” is no event of a touchpoint. Known are: %(known)s.",
                    event=event,
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
                    direction=direction,
                )
            )
        return direction

    def _logged_channel(self, code):
        """Give the id of a channel by its code."""
        channels = self.env["crm.touchpoint.channel"].sudo().search([("active", "=", True)])
        ids = {channel.code: channel.id for channel in channels}
        if code not in ids:
            raise UserError(
                self.env._(
                    "There is no channel “%(code)s”. Known are: %(known)s.",
                    code=code,
                    known=", ".join(sorted(ids)),
                )
            )
        return ids[code]

    def _logged_date(self, date):
        """Give the moment of a contact; it cannot lie in the future."""
        now = fields.Datetime.now()
        if not date:
            return now
        try:
            moment = fields.Datetime.to_datetime(date)
        except (ValueError, TypeError):
            moment = None
        if not isinstance(moment, datetime):
            raise UserError(
                self.env._(
                    "“%(date)s” is no date. Write it as 2026-05-01 12:00:00, in UTC.", date=date
                )
            )
        if moment > now + TOLERANCE:
            raise UserError(
                self.env._("A touchpoint cannot be in the future (%(date)s).", date=date)
            )
        return min(moment, now)

    # ------------------------------------------------------------
    # Addresses
    # ------------------------------------------------------------

    def _with_people_of_addresses(self, contacts):
        """Find whoever has the addresses of the contacts that name nobody."""
        wanted = {
            email_normalize(contact["email"])
            for contact in contacts
            if contact.get("email") and not contact.get("partner_id") and not contact.get("lead_id")
        } - {False}
        if not wanted:
            return contacts
        partners = self._visible_by_address("res.partner", wanted, "active desc, is_company, id")
        leads = self._visible_by_address("crm.lead", wanted, "active desc, id desc")
        return [self._with_people(contact, partners, leads) for contact in contacts]

    def _visible_by_address(self, model, emails, order):
        """Choose one record for each address, as a harvest does, of those the user may see."""
        records = self.env[model].with_context(active_test=False)
        found = records.search_fetch(
            [("email_normalized", "in", list(emails))], ["email_normalized"], order=order
        )
        return {record.email_normalized: record.id for record in reversed(found)}

    @staticmethod
    def _with_people(contact, partners, leads):
        if contact.get("partner_id") or contact.get("lead_id"):
            return contact
        email = email_normalize(contact.get("email") or "")
        return {**contact, "partner_id": partners.get(email), "lead_id": leads.get(email)}
