import json

import psycopg2

from odoo import api, models
from odoo.tools import SQL, sql

from .identity import RECORDS
from .redaction import STRUCK, Redactor

LOGIN = SQL("'erased-' || replace(gen_random_uuid()::text, '-', '')")
# What tells that a login is already one of those
ERASED_LOGIN = "^erased-[0-9a-f]{32}$"
EMPTY = {"jsonb": "[]", "bytea": ""}


class CrmPrivacyErasure(models.AbstractModel):
    """What the actions of the places do, in SQL.

    Why not with `write` and `unlink`?
        They would track the old values, tell followers, send "your e-mail was changed" to the
        old address, and copy the e-mail of a contact to its leads. SQL does what the plan
        says and nothing else; what Odoo derives and stores is set in `_refresh_names`.
    """

    _inherit = "crm.privacy.erasure"

    @api.model
    def _apply(self, place, scope, action, ids, identity, redactor):
        """Do the action of a place with rows; return the number of rows that changed."""
        if not ids or action not in ("delete", "blank", "constant", "redact", "detach"):
            return 0
        if scope == "record":
            return self._close_records(place.model, ids)
        if scope == "link":
            return self._apply_link(place, action, ids, identity)
        return getattr(self, f"_apply_{action}")(place, ids, redactor)

    # ------------------------------------------------------------
    # Links
    # ------------------------------------------------------------

    def _apply_link(self, place, action, ids, identity):
        field = self.env[place.model]._fields[place.field]
        if field.type == "many2many":
            erased = sorted(getattr(identity, RECORDS[field.comodel_name]))
            return self._unlink_pairs(place, field, action, ids, erased)
        if action == "delete":
            return self._delete_rows(place.model, ids)
        table, column = self._names(place)
        empty = SQL("NULL")
        return self._execute(
            SQL("UPDATE %s SET %s = %s WHERE id = ANY(%s)", table, column, empty, ids)
        )

    def _unlink_pairs(self, place, field, action, ids, erased):
        """End the links of a many2many; to delete, delete the rows that have no other link."""
        table, row, linked = (
            SQL.identifier(name) for name in (field.relation, field.column1, field.column2)
        )
        count = self._execute(
            SQL(
                "DELETE FROM %s WHERE %s = ANY(%s) AND %s = ANY(%s)",
                *(table, row, ids, linked, erased),
            )
        )
        if action == "delete":
            query = SQL("SELECT %s FROM %s WHERE %s = ANY(%s)", row, table, row, ids)
            others = {row_id for (row_id,) in self.env.execute_query(query)}
            self._delete_rows(place.model, [row_id for row_id in ids if row_id not in others])
        return count

    # ------------------------------------------------------------
    # Fields
    # ------------------------------------------------------------

    def _apply_delete(self, place, ids, redactor):
        """Delete rows that name the person; where somebody else's address stays, strike out."""
        if place.link != "email":
            return self._delete_rows(place.model, ids)
        table, column = self._names(place)
        query = SQL("SELECT id, %s FROM %s WHERE id = ANY(%s)", column, table, ids)
        shared = [
            row_id
            for row_id, text in self.env.execute_query(query)
            if "@" in redactor.redact(text or "")
        ]
        alone = [row_id for row_id in ids if row_id not in shared]
        deleted = self._delete_rows(place.model, alone)
        return deleted + (self._apply_redact(place, shared, redactor) if shared else 0)

    def _apply_blank(self, place, ids, _redactor):
        table, column = self._names(place)
        kind, nullable = self._column(place)
        value = SQL("NULL") if nullable else SQL("%s", EMPTY.get(kind, ""))
        return self._execute(
            SQL("UPDATE %s SET %s = %s WHERE id = ANY(%s)", table, column, value, ids)
        )

    def _apply_constant(self, place, ids, _redactor):
        table, column = self._names(place)
        if (place.model, place.field) == ("res.users", "login"):
            value = LOGIN
        else:
            field = self.env[place.model]._fields[place.field]
            value = SQL("%s", self._constant(place, field))
        return self._execute(
            SQL("UPDATE %s SET %s = %s WHERE id = ANY(%s)", table, column, value, ids)
        )

    def _constant(self, place, field):
        """Give what stands for everybody in the place of a value, as the column has it."""
        company = self.env.ref("base.main_company").sudo()
        self = self.with_context(lang=company.partner_id.lang)  # noqa: PLW0642
        text = STRUCK
        if place.model == "crm.lead":
            text = self.env._("Erased request")
        elif place.field in ("name", "complete_name", "invoice_partner_display_name"):
            text = self.env._("Erased person")
        return json.dumps({"en_US": text}) if field.translate else text

    def _stand_ins(self):
        """Give what stands in the place of names that were erased, in all languages: no name."""
        languages = [code for code, _label in self.env["res.lang"].get_installed()]
        engines = [self.with_context(lang=code) for code in languages]
        return {
            text
            for engine in engines
            for text in (engine.env._("Erased request"), engine.env._("Erased person"))
        }

    def _apply_redact(self, place, ids, redactor):
        """Strike the person out of the texts of rows."""
        if place.model == "ir.attachment" and place.field in ("index_content", "db_datas"):
            return self._redact_files(ids, redactor)
        table, column = self._names(place)
        kind, _nullable = self._column(place)
        query = SQL("SELECT id, %s FROM %s WHERE id = ANY(%s) FOR UPDATE", column, table, ids)
        changes = {
            row_id: redacted
            for row_id, value in self.env.execute_query(query)
            if value is not None and (redacted := redactor.redact(value)) != value
        }
        return self._update(place, kind, changes) if changes else 0

    def _update(self, place, kind, changes):
        """Write {id: value} into a column; where values must differ, they get a number."""
        try:
            with self.env.cr.savepoint():
                return self._execute(self._update_query(place, kind, changes))
        except psycopg2.errors.UniqueViolation:
            numbered = {row_id: f"{value} {row_id}" for row_id, value in changes.items()}
            return self._execute(self._update_query(place, kind, numbered))

    def _update_query(self, place, kind, changes):
        table, column = self._names(place)
        values = list(changes.values())
        if kind in ("jsonb", "json"):
            values = [json.dumps(value) for value in values]
        return SQL(
            "UPDATE %s SET %s = new.value::%s FROM unnest(%s::int[], %s::text[]) AS new(id, value)"
            " WHERE %s.id = new.id",
            *(table, column, SQL.identifier(kind), list(changes), values, table),
        )

    def _column(self, place):
        """Give (type, nullable) of a column."""
        table = self.env[place.model]._table
        column = sql.table_columns(self.env.cr, table)[place.field]
        return column["udt_name"], column["is_nullable"] == "YES"

    def _execute(self, query):
        self.env.cr.execute(query)
        return self.env.cr.rowcount

    # ------------------------------------------------------------
    # Without a plan
    # ------------------------------------------------------------

    @api.model
    def _erase_identity(self, identity):
        """Erase what links to a person, at once; return the number of changes."""
        redactor = Redactor(identity)
        changes = 0
        for found in self._survey(identity, own_only=True):
            changes += self._apply(
                found.place, found.scope, found.action, found.ids, identity, redactor
            )
            self.env.invalidate_all()
        return changes

    @api.model
    def _redact_rows(self, model, ids, redactor):
        """Strike a person out of all texts of rows of a model."""
        places = (
            self.env["crm.privacy.location"]
            .sudo()
            .search([("model", "=", model), ("link", "in", ("text", "email", "phone"))])
        )
        for place in places:
            if ids:
                self._apply_redact(place, ids, redactor)

    def _safe_message(self, error):
        """Give why a place failed, without the values that PostgreSQL quotes."""
        if isinstance(error, psycopg2.Error):
            return error.diag.message_primary or type(error).__name__
        return type(error).__name__
