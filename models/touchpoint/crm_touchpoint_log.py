from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, email_normalize

GROUP = "sales_team.group_sale_salesman"
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
        With a `key` the second one changes nothing and gets the first one's id, whatever else
        it says.
    What is refused?
        A channel or an event that does not exist, somebody nobody knows, a company the user
        does not work for, a date in the future, each with what to do about it. Of a list with
        a mistake nothing is logged.
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
        last_id = self._last_id()
        row = self._log([contact])
        return {"id": row.id, "created": row.id > last_id}

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

    # ------------------------------------------------------------
    # Addresses
    # ------------------------------------------------------------

    def _with_people_of_addresses(self, contacts):
        """Find whoever has the addresses of the contacts that name nobody."""
        wanted = {
            _address_of(contact)
            for contact in contacts
            if not contact.get("partner_id") and not contact.get("lead_id")
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
        email = _address_of(contact)
        return {**contact, "partner_id": partners.get(email), "lead_id": leads.get(email)}


def _address_of(contact):
    """Give the address of a contact, if it is one."""
    email = contact.get("email")
    is_text = isinstance(email, str) and email.isprintable()
    return email_normalize(email) if is_text else False
