from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from .columns import RECORD_LINKS
from .crm_privacy_erasure_kept import EVIDENCE
from .crm_privacy_erasure_own import REGISTERS
from .crm_privacy_erasure_records import CLOSING
from .redaction import Redactor
from .retention import ARTICLE


class Found(NamedTuple):
    """What was found of a person at one place, and what is to be done with it."""

    place: models.BaseModel
    #: link: rows linked to the person; own: a field of the person's rows; mention: of others'
    scope: str
    action: str
    ids: list
    article: str = ""
    until: object = None
    #: the text of a table too large to be read at once
    waiting: bool = False


# In this order, so that nothing is sent any more, and what is deleted needs no blanking.
NO_LINE = ("stay",)


class CrmPrivacyErasure(models.AbstractModel):
    """What is found of a person: the plan, before anything happens.

    In which order?
        Rows that are deleted; then the fields of the person's other rows; then the texts of
        other people's rows that name the person.
    What if a row is kept by law?
        It is listed as kept, with article and end date, whatever its place says.
    """

    _inherit = "crm.privacy.erasure"

    @api.model
    def _survey(self, identity, own_only=False):
        """Give the list of Found for a person.

        :param own_only: leave out the texts of other people's rows
        """
        self.env.flush_all()
        places = self.env["crm.privacy.location"].sudo().search([("id", ">", 0)])
        own = self._own_rows(identity, places)
        kept = {model: rows for model in own if (rows := self._kept_rows(model, own[model]))}
        found, gone = self._found_links(places, own, kept)
        found += self._found_kept(places, kept)
        redactor = Redactor(identity)
        found += self._found_own(places, own, kept, gone, redactor)
        found += self._found_records(places, own)
        if not own_only:
            found += self._found_mentions(places, own, kept, gone, redactor)
        return found

    # ------------------------------------------------------------
    # Links
    # ------------------------------------------------------------

    def _found_links(self, places, own, kept):
        """Give what links to the person, and the rows that will be deleted: {model: ids}."""
        found, gone = [], {}
        # what is deleted is known first
        for place in places.filtered(lambda place: place.link in RECORD_LINKS).sorted(
            lambda place: place.action != "delete"
        ):
            if place.action in NO_LINE or place.link == "self" and place.action == "constant":
                continue
            ids = set(self._linked_ids(place, own)) - gone.get(place.model, set())
            held = kept.setdefault(place.model, {})
            held.update(self._kept_rows(place.model, ids - held.keys()) if ids else {})
            if ids := sorted(ids - held.keys()):
                found.append(Found(place, "link", place.action, ids, place.article or ""))
                if place.action == "delete":
                    gone.setdefault(place.model, set()).update(self._deleted(place, ids, own))
        return found, gone

    def _deleted(self, place, ids, own):
        """Give the rows that are deleted with their link: not those with a link to others too."""
        if self._column_type(place) != "many2many":
            return ids
        field = self.env[place.model]._fields[place.field]
        row, linked = SQL.identifier(field.column1), SQL.identifier(field.column2)
        query = SQL(
            "SELECT %s FROM %s WHERE %s = ANY(%s) AND %s <> ALL(%s)",
            *(row, SQL.identifier(field.relation), row, ids, linked),
            sorted(own.get(field.comodel_name, ())),
        )
        return set(ids) - {row_id for (row_id,) in self.env.execute_query(query)}

    def _column_type(self, place):
        return self.env[place.model]._fields[place.field].type

    def _found_kept(self, places, kept):
        """Give the rows kept by law, by model and end date."""
        first = {}
        for place in places.sorted(lambda place: (not place.owner, place.link == "text", place.id)):
            first.setdefault(place.model, place)
        found = []
        for model, rows in kept.items():
            for until in sorted(set(rows.values())):
                ids = sorted(row_id for row_id, end in rows.items() if end == until)
                found.append(Found(first[model], "kept", "keep", ids, ARTICLE, until))
        return found

    # ------------------------------------------------------------
    # Fields of the person's own rows
    # ------------------------------------------------------------

    def _found_own(self, places, own, kept, gone, redactor):
        """Give the fields of the person's rows that are blanked, replaced or struck out."""
        found = []
        values = places.filtered(lambda place: place.link not in RECORD_LINKS)
        for place in values.filtered(lambda place: place.action not in NO_LINE):
            ids = own.get(place.model, set()) - kept.get(place.model, {}).keys()
            ids = sorted(ids - gone.get(place.model, set()))
            if ids and (ids := self._to_change(place, ids, redactor)):
                found.append(Found(place, "own", place.action, ids))
        return found

    def _to_change(self, place, ids, redactor):
        """Give those of the rows where the action of the place would change the field."""
        action = place.action
        if (place.model, place.field) == ("account.move.line", "name"):
            ids = self._without_hash(ids)
        if action in ("redact", "report", "unclassified", "delete"):
            table_rows = self._matches(place.model, [place.field], redactor, ids=ids)
            return sorted(table_rows.get(place.field, ()))
        table, column = self._names(place)
        if action == "blank":
            condition = SQL("coalesce(%s::text, '') NOT IN ('', '[]', '{}')", column)
        else:
            wanted = self._constant(place, self.env[place.model]._fields[place.field])
            condition = SQL("%s::text IS DISTINCT FROM %s", column, wanted)
        query = SQL("SELECT id FROM %s WHERE id = ANY(%s) AND %s", table, ids, condition)
        return [row_id for (row_id,) in self.env.execute_query(query)]

    def _found_records(self, places, own):
        """Give the records that are archived or disabled."""
        found = []
        for model in CLOSING:
            ids = self._records_to_close(model, own[model]) if own.get(model) else []
            place = places.filtered(lambda place, model=model: place.model == model)
            place = place.sorted(lambda place: (place.link != "self", not place.owner))[:1]
            if ids and place:
                found.append(Found(place, "record", "constant", ids))
        return found

    # ------------------------------------------------------------
    # Texts of other people's rows
    # ------------------------------------------------------------

    def _found_mentions(self, places, own, kept, gone, redactor):
        """Give the texts of other people's rows that name the person."""
        if not redactor:
            return []
        found = []
        texts = self._text_places(places)
        large = self._large(texts.mapped("model"))
        for model, columns in texts.grouped("model").items():
            if model in large:
                place = columns.filtered(lambda place: place.mention == "redact")[:1]
                found += [Found(place, "mention", "redact", [], waiting=True)] if place else []
                continue
            mine = own.get(model, set()) | gone.get(model, set())
            found += self._mentions(columns, redactor, mine)
        return found

    def _mentions(self, places, redactor, mine, window=None):
        """Give what is found in the texts of one model, outside of the person's own rows."""
        model = places[0].model
        hits = self._matches(model, places.mapped("field"), redactor, window=window)
        rows = set().union(*hits.values()) - set(mine)
        rows -= self._of_registers(model, rows)
        held = self._kept_rows(model, rows)
        by_field = {place.field: place for place in places}
        found = []
        for field, ids in hits.items():
            if free := sorted((ids & rows) - held.keys()):
                found += self._mention(by_field[field], free)
        return found + self._held_mentions(places[0], held)

    def _mention(self, place, ids):
        """Give what is done with the rows of others that name the person at a place."""
        action = place.mention
        if not action:
            action = "unclassified" if place.action == "unclassified" else "report"
        if place.model != "ir.attachment" or action != "redact":
            return [Found(place, "mention", action, ids)]
        unreadable = set(self._unreadable_files(ids))
        found = [
            Found(
                place, "mention", "redact", [row_id for row_id in ids if row_id not in unreadable]
            ),
            Found(place, "mention", "report", sorted(unreadable)),
        ]
        return [item for item in found if item.ids]

    def _held_mentions(self, place, held):
        """Give others' rows that name the person and are kept by law, with their files."""
        found = [
            Found(place, "mention", "keep", sorted(i for i in held if held[i] == end), ARTICLE, end)
            for end in sorted(set(held.values()))
        ]
        if held and place.model in EVIDENCE:
            files = self._hanging(
                "ir.attachment", "res_model", "res_id", place.model, [*held], True
            )
            place = place.search([("model", "=", "ir.attachment"), ("field", "=", "res_id")])
            found += self._held_mentions(place, self._kept_rows("ir.attachment", files))
        return found

    def _of_registers(self, model, ids):
        """Give the messages of requests of persons: they are forgotten with the request."""
        queries = {
            "mail.message": "SELECT id FROM mail_message WHERE id = ANY(%s) AND model LIKE %s",
            "mail.mail": "SELECT mail.id FROM mail_mail mail JOIN mail_message message"
            " ON message.id = mail.mail_message_id WHERE mail.id = ANY(%s)"
            " AND message.model LIKE %s",
        }
        if model not in queries or not ids:
            return set()
        query = SQL(queries[model], sorted(ids), f"{REGISTERS}%")
        return {row_id for (row_id,) in self.env.execute_query(query)}
