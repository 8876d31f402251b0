from odoo import api, models
from odoo.tools import SQL, sql

# What else becomes of the person's records than what their texts do. Columns of addons that are
# not there are left out.
CLOSING = {
    "res.partner": {
        "active": SQL("FALSE"),
        "parent_id": SQL("NULL"),
        "commercial_partner_id": SQL("id"),
        "state_id": SQL("NULL"),
        "partner_latitude": SQL("0"),
        "partner_longitude": SQL("0"),
        "calendar_last_notif_ack": SQL("NULL"),
        "privacy_restricted": SQL("TRUE"),
    },
    "crm.lead": {
        # what was won stays in the figures
        "active": SQL("active AND won_status = 'won'"),
        "state_id": SQL("NULL"),
        "privacy_restricted": SQL("TRUE"),
    },
    "res.users": {
        "active": SQL("FALSE"),
        "password": SQL("NULL"),
        "totp_secret": SQL("NULL"),
    },
    "payment.token": {"active": SQL("FALSE")},
}


class CrmPrivacyErasure(models.AbstractModel):
    """What becomes of the records that are the person: contacts, leads, accounts.

    Why are contacts and leads not deleted?
        Entries, orders and statistics hang on them. They lose everything that says who it was,
        are archived, and marked as not to be used, so that no score is computed for them again.
    What of the accounts?
        They are disabled: no password, a random login, no session.
    What has Odoo stored elsewhere of the name?
        The full names of addresses and employees that stay below an erased company.
    """

    _inherit = "crm.privacy.erasure"

    @api.model
    def _records_to_close(self, model, ids):
        """Give the records that are not closed yet."""
        tests = [
            SQL("%s IS DISTINCT FROM %s", SQL.identifier(name), value)
            for name, value in self._closing(model).items()
        ]
        if not tests:
            return []
        table = SQL.identifier(self.env[model]._table)
        query = SQL(
            "SELECT id FROM %s WHERE id = ANY(%s) AND (%s)",
            *(table, sorted(ids), SQL(" OR ").join(tests)),
        )
        return [row_id for (row_id,) in self.env.execute_query(query)]

    def _closing(self, model):
        present = sql.table_columns(self.env.cr, self.env[model]._table)
        return {name: value for name, value in CLOSING.get(model, {}).items() if name in present}

    def _close_records(self, model, ids):
        values = [
            SQL("%s = %s", SQL.identifier(name), value)
            for name, value in self._closing(model).items()
        ]
        table = SQL.identifier(self.env[model]._table)
        query = SQL("UPDATE %s SET %s WHERE id = ANY(%s)", table, SQL(", ").join(values), ids)
        count = self._execute(query)
        if model == "res.partner":
            self._refresh_names(ids)
        if model == "res.users":
            # who is logged in is cached
            self.env.registry.clear_cache()
        return count

    def _refresh_names(self, ids):
        """Set what Odoo has stored of the names of erased contacts in those below them."""
        self._execute(
            SQL(
                "UPDATE res_partner below SET commercial_company_name = above.name"
                " FROM res_partner above WHERE below.commercial_partner_id = above.id"
                " AND above.id = ANY(%(ids)s) AND below.id <> ALL(%(ids)s)"
                " AND below.commercial_company_name IS DISTINCT FROM above.name",
                ids=ids,
            )
        )
        self.env.invalidate_all()
        below = self.env["res.partner"].sudo().with_context(active_test=False, lang=None)
        partners = below.search([("id", "child_of", ids), ("id", "not in", ids)])
        names = [partner._get_complete_name() for partner in partners]
        self._execute(
            SQL(
                "UPDATE res_partner SET complete_name = new.name"
                " FROM unnest(%s::int[], %s::text[]) AS new(id, name)"
                " WHERE res_partner.id = new.id AND complete_name IS DISTINCT FROM new.name",
                partners.ids,
                names,
            )
        )
