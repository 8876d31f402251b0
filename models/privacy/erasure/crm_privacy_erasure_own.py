from odoo import api, models
from odoo.tools import SQL

from .columns import PERSON_LINKS, RECORD_LINKS
from .identity import RECORDS

# A record of a record of a record: a click of a message of a campaign to the person.
DEPTH = 3
# The registers of this addon talk about the person, they are not the person's.
REGISTERS = "crm.privacy."


class CrmPrivacyErasure(models.AbstractModel):
    """Which rows are the person's own.

    The records of the identity; the rows that link to them at a place that makes them the
    person's (`owner`): orders, scores, notices; and the rows that are part of those.
    """

    _inherit = "crm.privacy.erasure"

    @api.model
    def _own_rows(self, identity, places):
        """Give {model: set of ids} of the rows of the person.

        :param places: the `crm.privacy.location` to follow
        """
        own = {
            model: self._existing(model, getattr(identity, name)) for model, name in RECORDS.items()
        }
        owners = places.filtered(lambda place: place.owner and place.link in RECORD_LINKS)
        direct = owners.filtered(lambda place: place.link in PERSON_LINKS.values())
        for place in direct:
            own.setdefault(place.model, set()).update(self._linked_ids(place, own))
        further = owners.filtered(lambda place: place.link in ("polymorphic", "parent"))
        for _round in range(DEPTH):
            before = sum(map(len, own.values()))
            for place in further:
                own.setdefault(place.model, set()).update(self._linked_ids(place, own))
            if sum(map(len, own.values())) == before:
                break
        if asked := own.get("crm.privacy.request"):
            own["crm.privacy.request"] = self._answered_requests(asked)
        return {model: ids for model, ids in own.items() if ids}

    def _existing(self, model, ids):
        """Give those of the ids that are not deleted yet."""
        table = SQL.identifier(self.env[model]._table)
        query = SQL("SELECT id FROM %s WHERE id = ANY(%s)", table, list(ids))
        return {row_id for (row_id,) in self.env.execute_query(query)} if ids else set()

    def _answered_requests(self, ids):
        """Leave out the requests that are not answered yet: the answer needs the address."""
        query = SQL(
            "SELECT id FROM crm_privacy_request"
            " WHERE id = ANY(%s) AND state IN ('done', 'refused')",
            sorted(ids),
        )
        return {row_id for (row_id,) in self.env.execute_query(query)}

    def _linked_ids(self, place, own):
        """Give the ids of the rows that link to own rows at a place."""
        if place.link == "self":
            return sorted(own.get(place.model, ()))
        if place.link == "polymorphic":
            query = self._polymorphic_query(place, own)
        else:
            field = self.env[place.model]._fields[place.field]
            ids = sorted(own.get(field.comodel_name, ()))
            query = self._link_query(place, field, ids) if ids else None
        return [row_id for (row_id,) in self.env.execute_query(query)] if query else []

    def _link_query(self, place, field, ids):
        if field.type == "many2many":
            return SQL(
                "SELECT DISTINCT %s FROM %s WHERE %s = ANY(%s) AND %s IS NOT NULL",
                SQL.identifier(field.column1),
                SQL.identifier(field.relation),
                SQL.identifier(field.column2),
                ids,
                SQL.identifier(field.column1),
            )
        table, column = self._names(place)
        if field.company_dependent:
            condition = SQL(
                "EXISTS (SELECT FROM jsonb_each_text(%s) v WHERE v.value = ANY(%s))",
                column,
                [str(row_id) for row_id in ids],
            )
        else:
            condition = SQL("%s = ANY(%s)", column, ids)
        return SQL("SELECT id FROM %s WHERE %s", table, condition)

    def _polymorphic_query(self, place, own):
        """Give the query of the rows that link to own rows of any model."""
        targets = [
            (model, row_id)
            for model, ids in own.items()
            if not model.startswith(REGISTERS) and model != place.model
            for row_id in ids
        ]
        if not targets:
            return None
        table, column = self._names(place)
        field = self.env[place.model]._fields[place.field]
        if field.type == "reference":
            values = [f"{model},{row_id}" for model, row_id in targets]
            return SQL("SELECT id FROM %s WHERE %s = ANY(%s)", table, column, values)
        if not self.env[place.model]._fields[field.model_field].store:
            return None
        return SQL(
            """SELECT place.id FROM %s place
                 JOIN unnest(%s::text[], %s::int[]) AS own(model, res_id)
                   ON place.%s = own.model AND place.%s = own.res_id""",
            table,
            [model for model, _row_id in targets],
            [row_id for _model, row_id in targets],
            SQL.identifier(field.model_field),
            column,
        )

    def _names(self, place):
        """Give the table and the column of a place, for SQL."""
        return SQL.identifier(self.env[place.model]._table), SQL.identifier(place.field)
