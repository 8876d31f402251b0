"""The person at all places of the registry where she is not yet, written by SQL.

A business would need years for it. So each rule that is shipped has something to do.
"""

import json

import psycopg2

from odoo.tools import SQL, mute_logger

from .people import CANARY

#: What takes the person out of a place.
ERASING = ("delete", "blank", "constant", "redact", "detach")
#: Where the tests, Odoo's login or the erasure itself would break.
NOT_WRITTEN = ("res.lang", "ir.module.module", "res.company", "crm.privacy.request")


class Saturation:
    """Fills the places whose rule erases something.

    :param env: of the superuser
    :param made: the records of the seeds
    """

    def __init__(self, env, made):
        self.env = env
        self.persons = {
            "partner": made.person,
            "user": made.user,
            "lead": made.lead,
            "guest": made.guest,
            "mailing_contact": made.mailing_contact,
        }

    def fill(self, places, turn):
        """Write the person into one row of each place; return the places that it could not.

        :param turn: another row than in the last turn, whose row may be hers already
        """
        self.turn = turn
        return places.browse([place.id for place in places if not self._fill_one(place)])

    def _fill_one(self, place):
        if place.model in NOT_WRITTEN or place.model not in self.env:
            return False
        field = self.env[place.model]._fields.get(place.field)
        if field is None or not field.store:
            return False
        statement = self._link(place, field) if place.link in self.persons else self._text(place)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.env.cr.execute(statement)
                return bool(self.env.cr.rowcount)
        except psycopg2.Error:
            return False

    def _link(self, place, field):
        """Give the SQL that links a record that is not hers to the person."""
        person = self.persons[place.link]
        if field.type == "many2many":
            return SQL(
                "INSERT INTO %s (%s, %s) SELECT id, %s FROM %s ORDER BY id OFFSET %s LIMIT 1",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                person,
                SQL.identifier(self.env[place.model]._table),
                self.turn,
            )
        return self._update(place, SQL("%s", person), SQL("id"))

    def _text(self, place):
        """Give the SQL that lets the first record name the person."""
        return self._update(place, SQL("%s", self._value(place)), SQL("id DESC"))

    def _update(self, place, value, order):
        return SQL(
            "UPDATE %(table)s SET %(column)s = %(value)s WHERE id ="
            " (SELECT id FROM %(table)s ORDER BY %(order)s OFFSET %(turn)s LIMIT 1)",
            table=SQL.identifier(self.env[place.model]._table),
            column=SQL.identifier(place.field),
            value=value,
            order=order,
            turn=self.turn,
        )

    def _value(self, place):
        value = {"email": CANARY.email, "phone": CANARY.phone_e164}.get(place.link, CANARY.name)
        kind = self._column_type(place)
        if kind == "bytea":
            return value.encode()
        if kind in ("json", "jsonb"):
            return SQL("%s::jsonb", json.dumps({"en_US": value}))
        return value

    def _column_type(self, place):
        query = SQL(
            "SELECT udt_name FROM information_schema.columns WHERE table_name = %s"
            " AND column_name = %s",
            self.env[place.model]._table,
            place.field,
        )
        rows = self.env.execute_query(query)
        return rows[0][0] if rows else None
